"""Polish: phrases of thanks and content, and the lines that announce quoted mail."""

from regard.text.lexicon import Lexicon

YOU = "(ci|wam|pani|panu|panom|paniom|państwu|tobie|wszystkim|całemu zespołowi|zespołowi)"
THANKS = [
    Lexicon(
        "pl",
        {
            "thanks": f"""
                [serdecznie|bardzo|pięknie|ślicznie|ogromnie|jeszcze raz|naprawdę|my też|ja też]
                  (dziękuję|dziękujemy|dziekujemy|dzięki|dziękówka|dzięks|dziena|dzieki|
                  podziękował|podziękowała);
                (wielkie|piękne|stokrotne|ogromne|serdeczne|super|mega) (dzięki|dziękuję|
                  podziękowania); podziękowania;
                [chcę|chciałem|chciałam|chciałbym|chciałabym|pragnę] [bardzo|serdecznie|tylko|
                  jeszcze raz] {YOU} [bardzo|serdecznie|jeszcze raz] podziękować;
                [chcę|chciałem|chciałam|chciałbym|chciałabym|pragnę] [bardzo|serdecznie|tylko|
                  jeszcze raz] podziękować;
                jestem [bardzo|naprawdę|ogromnie|niezmiernie] (wdzięczny|wdzięczna); jesteśmy
                  [bardzo] wdzięczni; bóg zapłać; dzięki wielkie;
                (jesteście|jesteś) [naprawdę] (super|najlepsi|wspaniali|wielcy|kochani|świetni|
                  the best|najlepszy|najlepsza|wielki|wielka|genialni|niezawodni|cudowni|kochany|
                  kochana);
                doceniam; bardzo doceniam; thx; tx; dzk; dz; dzięx;
            """,
            "tail": f"""
                {YOU}; [bardzo|serdecznie|pięknie|ślicznie|ogromnie|stokrotnie|uprzejmie|z całego
                  serca|jeszcze raz|raz jeszcze|wielkie|piękne]; i pozdrawiam;
                [i] za [tak|bardzo|tę|tą|to|waszą|pani|pana|państwa|twoją|całą|wszelką|okazaną|
                  ogromną|wielką] [bardzo|tak] [szybką|sprawną|błyskawiczną|ekspresową|
                  profesjonalną|fachową|świetną|miłą|rzetelną] [i] [szybką|sprawną|profesjonalną|
                  fachową|miłą] (pomoc|odpowiedź|reakcję|obsługę|informację|wiadomość|
                  interwencję|realizację|wysyłkę|dostawę|współpracę|życzliwość|cierpliwość|
                  fatygę|uprzejmość|zwrot|wyjaśnienie);
                [i] za [tak|wasz|pani|pana|państwa|twój] [szybki|miły] (kontakt|czas|zwrot|trud|
                  serwis|support);
                [i] za [wszystkie|te|szybkie|wyczerpujące|szczegółowe|dokładne] (informacje|
                  wyjaśnienia|wyjaśnienie|rozwiązanie|załatwienie|odpowiedzi|zaangażowanie|
                  podpowiedź|wskazówki|wsparcie|info|naprawienie|rozpatrzenie|przesłanie|zajęcie
                  się (sprawą|tym|tematem)) [sprawy|problemu|tematu|reklamacji];
                za (wszystko|to|pomoc i cierpliwość|poświęcony czas);
            """,
            "glad": """
                [już|teraz|wszystko|tak|i] [już|teraz|wszystko|to|u mnie] (działa|śmiga|gra|hula|
                  chodzi|zadziałało|pomogło|poszło|bangla|naprawione|rozwiązane|załatwione) [już|
                  teraz|wszystko|u mnie|znowu|ponownie] [dobrze|poprawnie|prawidłowo|bez
                  problemu|bez zarzutu|jak należy|jak trzeba|świetnie|idealnie|super|normalnie|
                  ok|bez problemów];
                [już|teraz] [już|teraz] (wszystko|jest|wszystko już|to już) [już] [jest] [już]
                  (ok|okej|okey|dobrze|w porządku|w porzo|jasne|gra|wiadomo|git|super|cacy|
                  zrozumiałe|załatwione|działa) [teraz];
                (już|teraz) (wiem|rozumiem|zrozumiałem|zrozumiałam) [już] [wszystko]; (wszystko|
                  już) (rozumiem|jasne);
                (problem|sprawa|temat|kłopot|błąd|usterka) [jest] [już|został|została|zostało]
                  [już] (rozwiązany|rozwiązana|załatwiony|załatwiona|zamknięty|zamknięta|
                  naprawiony|naprawiona|usunięty|usunięta|wyjaśniona|wyjaśniony|ogarnięty|z
                  głowy);
                [już] (udało się|udało mi się) [zalogować|wejść|już|wszystko|rozwiązać problem|
                  załatwić]; [bardzo|to] [bardzo] (pomogło|pomogłeś|pomogłaś|pomogliście);
                  pomogło;
                [moja|moje] (paczka|przesyłka|kasa|faktura|zwrot|pieniądze|zamówienie|towar|kod|
                  mail) [już|właśnie|dziś|dzisiaj] (dotarła|doszła|dotarło|doszło|dotarł|doszedł|
                  dotarły|doszły|przyszła|przyszło|przyszedł|wpłynęły|wpłynął|są na koncie|jest)
                  [już|dziś|dzisiaj] [cała|w całości|na konto|bez problemu];
                (dotarło|doszło|otrzymałem|otrzymałam|dostałem|dostałam) [już] [wszystko|paczkę|
                  przesyłkę|zwrot|fakturę|pieniądze|kod];
                mam już [wszystko|paczkę|przesyłkę|zwrot|fakturę|pieniądze|kod]; jestem [bardzo|w
                  pełni|mega|naprawdę] (zadowolony|zadowolona|usatysfakcjonowany|
                  usatysfakcjonowana); jesteśmy [bardzo] zadowoleni; [i] po (problemie|kłopocie|
                  sprawie);
                [o] to [właśnie] (chodziło|mi chodziło); przyjąłem; przyjęłam; zrozumiałem;
                  zrozumiałam;
            """,
            "praise": """
                ok; okej; okey; oki; spoko; super; świetnie; doskonale; rewelacja; rewelacyjnie;
                  extra; ekstra; fajnie; bomba; ekspresowo; idealnie; cudownie; wspaniale;
                  dobrze; dobra; git; gites; bardzo dobrze; znakomicie; pięknie; fantastycznie;
                  brawo; rozumiem; hura; ufff; uff; oo; o; no i super; no to super; to super;
                  mega; top; klasa; pełen profesjonalizm; profesjonalnie; wzorowo; perfekcyjnie;
                  szybko i sprawnie; szybko i konkretnie; błyskawicznie; szacun; szacunek;
                (super|świetna|ekspresowa|szybka|miła|rewelacyjna|doskonała|profesjonalna|
                  wspaniała|błyskawiczna|fantastyczna|dobra|wzorowa) [i] [szybka|miła|sprawna|
                  profesjonalna] (obsługa|robota|wiadomość|pomoc|odpowiedź|reakcja|sprawa|firma|
                  rzecz);
                nie ma (problemu|sprawy); bez problemu; nic nie szkodzi; to wszystko; to już
                  wszystko; i; a; no super; bardzo; naprawdę; w takim razie; zatem; więc; teraz;
                  już; polecam; nawzajem; wzajemnie; również; świetny kontakt; super kontakt;
                  szybki kontakt; jestem pod wrażeniem; kochani;
            """,
            "hello": """
                (witam|witaj|witajcie|cześć|hej|hejka|siema|dzień dobry|dobry wieczór|dobry|halo|
                  szanowni państwo|szanowna pani|szanowny panie|drodzy państwo|dzien doberek|elo|
                  ahoj) [ponownie|serdecznie|państwa|was];
            """,
            "title": """
                (pani|panie|panu|pan|państwo|szanowni|zespole|drodzy|kochani|moi drodzy|chłopaki|
                  dziewczyny|ekipo|mistrzu|szefie|kolego);
            """,
            "bye": """
                [serdecznie|gorąco|ciepło|również] pozdrawiam [serdecznie|gorąco|ciepło|
                  cieplutko|was|państwa|wszystkich|całą ekipę|cały zespół|panią|pana];
                  pozdrawiamy; pozdro; pozdrówki; pozdr; pzdr; (serdeczne|pozdrowienia|gorące)
                  pozdrowienia; pozdrowienia;
                z (poważaniem|wyrazami szacunku|pozdrowieniami); łączę (pozdrowienia|wyrazy
                  szacunku); ukłony; buziaki; do (widzenia|usłyszenia|zobaczenia|następnego); na
                  razie; pa;
                [i] [życzę|życzymy] [państwu|panu|pani|wam|wszystkim] (miłego|dobrego|udanego|
                  przyjemnego|spokojnego|pięknego|słonecznego) (dnia|weekendu|wieczoru|
                  popołudnia|tygodnia|popołudnia i wieczoru); [życzę] (wesołych|spokojnych|
                  zdrowych) świąt; wszystkiego (dobrego|najlepszego); dobrej nocy; trzymajcie
                  się; spokojnej nocy; zdrówka;
            """,
        },
        against="""
            bogu nie ale jednak lecz niestety nadal wciąż dalej proszę prosze prośba kiedy jak
              dlaczego czemu gdzie czy co z góry za nic żaden żadnej brak bez czekam czekamy
              oczekuję zwrot reklamacja kiepsko słabo źle fatalnie dno żenada skandal porażka
              oszuści złodzieje naciągacze szkoda rezygnuję muszę musi chcę chciałbym chciałabym
              potrzebuję mogę można pomóżcie pomocy problem natomiast tylko chociaż choć mimo
              ponownie znowu jeszcze potem jutro pilne
        """,
        courteous="pan pani panu panem państwu państwa państwo wam was ci tobie",
        also=("en",),
    )
]
QUOTES = [
    r"(?:w\s+)?dniu? .{4,250}(?:pisze|napisał|napisała|napisał\(a\)|napisał/a|napisal)\s*:",
    r"(?:pon|wt|śr|czw|pt|sob|niedz)\.?,? .{4,250}(?:pisze|napisał|napisała|napisał\(a\))\s*:",
]
CUTS = [r"-+\s*(?:wiadomość oryginalna|wiadomość przekazana dalej|oryginalna wiadomość)\s*-*"]
SENDERS = [r"(?:od|nadawca)\*?\s*:.*"]
DEVICES = [r"wysłan[eyo] (?:z|przez|za pomocą) {device}", r"pobierz outlook .*"]
