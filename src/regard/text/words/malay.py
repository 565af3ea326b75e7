"""Malay: phrases of thanks and content, and the lines that announce quoted mail."""

from regard.text.lexicon import Lexicon

THANKS = [
    Lexicon(
        "ms",
        {
            "thanks": """
                [ribuan|jutaan|ucapan] (terima kasih|terimakasih|terima kasihh|trima kasih|
                  trimas|terimas|tkasih|time kasih|tima kasih|tenkiu|tengkiu|tenkyu|makasih|
                  syukran|jazakallah|jazakallahu khairan|jazakillah) [daun keladi];
                tq; tqvm; tqsm; ty; tysm; tks; thanks; thank you; thankyou; thnks; thx; tqs; t
                  kasih;
                [saya|kami] [sangat|amat] (menghargai|hargai) [bantuan|pertolongan|usaha|
                  kerjasama|khidmat] [anda|tuan|puan|pihak anda|ini|pihak tuan]; (sangat|amat)
                  berterima kasih;
                [saya|kami] (nak|ingin|mahu|hendak|cuma nak) (ucap|ucapkan|mengucapkan) [ribuan|
                  jutaan] terima kasih; [saya|kami] ucapkan [ribuan|jutaan] terima kasih;
                [ribuan|jutaan|setinggi tinggi] penghargaan; (korang|anda|awak|kamu|team ni|you
                  all) [memang|sangat] (terbaik|best|hebat|mantap|awesome);
                alhamdulillah [terima kasih];
            """,
            "tail": """
                [yang|banyak|sangat|byk|bnyk] (banyak|banyak banyak|byk|bnyk|sangat|sgt|sekali|
                  tak terhingga|daun keladi|semua|lagi|sekali lagi|banyak2|byk2|bebanyak); ya;
                  ye; yaa; yer; tau; juga; la; lah; eh; very much; so much;
                [kepada|pada] (tuan|puan|encik|cik|semua|anda|awak|korang|kamu|pihak anda|pihak
                  tuan|team|pasukan|pihak tuan puan) [semua];
                [atas|di atas|kerana|sebab|untuk|utk|for] [segala|semua] (bantuan|pertolongan|
                  maklumat|info|penjelasan|penerangan|maklum balas|respon|jawapan|kerjasama|
                  perkhidmatan|layanan|tindakan|usaha|khidmat|perhatian|bantuan dan kerjasama|
                  makluman|pencerahan|kesabaran|servis|service|tindak balas|reply) [yang|dari|
                  daripada] [sangat|amat] [cepat|pantas|baik|diberikan|anda|tuan|puan|awak|
                  segera|pihak anda|cemerlang|mesra|ini|tersebut|terbaik|ni];
                (kerana|sebab|sbb|dah|sudi) [sudi|telah|dah|sudah] (bantu|membantu|tolong|
                  menolong|jawab|balas|membalas|menjawab|selesaikan|menyelesaikan|settle|
                  settlekan|reply|bagitahu|maklumkan|layan) [saya|kami] [dengan] [cepat|pantas|
                  segera|masalah|masalah saya|masalah ini|masalah ni];
            """,
            "glad": """
                [semua|sekarang|alhamdulillah|akaun|akaun saya|masalah|masalah saya|ya|apps|
                  sistem|internet|kad|kad saya|benda tu] [semua|sekarang|ni] (dah|sudah|telah|da|
                  dh) [pun|boleh|kembali] (ok|okay|okey|oke|settle|selesai|baik|boleh|jadi|
                  berjaya|siap|jelas|faham|terima|dapat|sampai|pulih|normal|berfungsi|jalan|guna|
                  masuk|login|dpt|clear|beres|diselesaikan|lancar|elok) [semula|balik|sekarang|
                  semuanya|semua|kembali|dah|sudah|guna|masuk|login|dengan baik|macam biasa|
                  seperti biasa|seperti sedia kala] [sekarang|dah];
                (semua|semuanya|masalah|masalah saya|kes|isu|urusan|sekarang) [sekarang] (ok|
                  okay|okey|baik|selesai|settle|settled|beres|lancar|jelas) [semua|sekarang|dah|
                  sudah|semula|belaka];
                (barang|bungkusan|parcel|duit|refund|bayaran|pesanan|order|baki|wang|kod|emel|
                  resit|invois) [saya] [pun] (dah|sudah|telah|selamat|dh) [pun|selamat] (sampai|
                  terima|diterima|masuk|dapat|dpt) [dengan selamat|semalam|hari ini|tadi|pagi
                  tadi];
                [saya|kami] (dah|sudah|telah) (terima|dapat|faham|dpt|terima barang|dapat barang|
                  dapat refund|dapat duit); baik faham; [saya|kami] [sangat|amat] (puas hati|
                  berpuas hati|gembira) [dengan] [servis|layanan|perkhidmatan|khidmat|bantuan]
                  [anda|ini|ni|tuan];
                masalah [saya|ini|ni|tersebut] [dah|sudah|telah|berjaya] (selesai|diselesaikan|
                  settle|teratasi); sekarang [dah] boleh [guna|login|masuk]; (berjaya|berfungsi|
                  settle|settled|beres) [dah] [sekarang]; boleh guna dah; dah boleh;
            """,
            "praise": """
                ok; okay; okey; oke; okie; k; baik; baiklah; okla; oklah; bagus; bagusnya; hebat;
                  mantap; mantop; terbaik; best; cun; padu; cantik; power; syabas; tahniah;
                  cepat; cepatnya; cekap; oh; wah; wow; nice; great; noted; [saya] faham;
                  alhamdulillah; syukur; lega; gembira; jelas; tip top; tiptop; puas hati;
                (servis|service|layanan|perkhidmatan|khidmat|respon|customer service|cs|admin)
                  [yang|memang|sangat|pun|ni] [memang|sangat] (terbaik|bagus|pantas|cepat|baik|
                  mantap|hebat|best|cemerlang|tip top|mesra|cekap|laju|memuaskan|power);
                tak (apa|pe|ape) [dah|lah|la]; takpe [dah|la]; tiada masalah; tak ada masalah;
                  takda masalah; no problem; itu (sahaja|saja|je); itu je;
                sangat (membantu|bagus|baik|pantas|cepat|memuaskan|berpuas hati|gembira|jelas);
                  memang (terbaik|bagus|best|mantap); dan; pun; juga; sekarang; maka; kalau macam
                  tu; macam tu; dah; memang; akhirnya;
            """,
            "hello": """
                (assalamualaikum|salam|salam sejahtera|hi|hai|hello|helo|waalaikumsalam|wslm|slm|
                  selamat (pagi|tengah hari|tengahari|petang|malam|sejahtera)|salam semua|apa
                  khabar) [dan salam sejahtera|wbt|warahmatullahi wabarakatuh|semua|tuan puan];
            """,
            "title": """
                [yang] (tuan|puan|encik|en|cik|tn|pn|tuan puan|kak|akak|abang|bang|bro|sis|boss|
                  bos|dr|admin|team|semua|pihak|min|sayang|dik|adik|cikgu|datuk|pasukan
                  sokongan);
            """,
            "bye": """
                salam; wassalam; sekian [dan|itu sahaja]; yang benar; yang ikhlas; salam hormat;
                  hormat saya; jumpa lagi; bye; babai;
                semoga (tuan|puan|anda|awak|semua|korang|kamu|murah rezeki|berjaya|maju jaya|
                  dipermudahkan|diberkati|allah balas|sihat) [sentiasa|semua|jasa|jasa baik|
                  murah|dipermudahkan] [murah rezeki|rezeki|sihat|berjaya|diberkati|sihat
                  sejahtera|segala urusan|urusan|anda|tuan|puan|awak|maju jaya];
                (selamat|have a) (bertugas|bekerja|maju jaya|hari raya|berhujung minggu|nice day|
                  good day|great day|menyambut hari raya|beristirahat); moga (murah rezeki|
                  berjaya|dipermudahkan|allah balas) [selalu]; hari yang (baik|indah);
            """,
        },
        against="""
            tak tidak tapi tetapi namun bukan belum masih bila kenapa mengapa macam mana
              bagaimana siapa tolong sila mohon minta boleh nak mahu perlu kalau jika lagi cuma
              walaupun tunggu menunggu lambat teruk rosak gagal hilang salah kecewa penipu scam
              menipu hancur sampah bodoh lembap batal refund aduan masalah terlebih dahulu awal
              lama takde tiada tiadalah x xde xleh
        """,
        courteous="anda tuan puan encik cik",
        also=("en",),
    )
]
QUOTES = [r"pada .{4,250}(?:menulis|tulis)\s*:"]
CUTS = [r"-+\s*(?:mesej asal|mesej yang dimajukan|e-?mel asal)\s*-*"]
SENDERS = [r"(?:daripada|dari)\*?\s*:.*"]
DEVICES = [
    r"(?:di)?hantar (?:dari|daripada|melalui|menggunakan) {device}",
    r"dapatkan outlook .*",
]
