"""What customers of the demo say in answers, reviews and posts: our own sentences."""

LANGUAGES = ("en", "pl", "ms", "ar", "bg")
BAD, MIXED, GOOD = 0, 1, 2

OPENERS = {
    "en": (
        """I waited for days and nobody cared.
Very disappointed with the service.
Nobody understood what I was asking.
I had to explain everything three times.
This was a waste of my time.
The answer did not help at all.
The worst support I have met so far.""",
        """It was all right in the end, but slow.
The people are friendly, the process is not.
Half of my question was answered.
Neither good nor bad.
It works again, though it took a while.
I expected a little more.
The answer came late but it was correct.""",
        """Quick and friendly, thank you!
Solved within the hour, great work.
The person who helped me was very patient.
Best support I have had in years.
Everything was explained clearly.
I am really happy with how this went.
Excellent service, it simply worked.""",
    ),
    "pl": (
        """Czekałem kilka dni i nikogo to nie obchodziło.
Jestem bardzo rozczarowany obsługą.
Nikt nie zrozumiał mojego pytania.
Musiałam tłumaczyć wszystko trzy razy.
Strata czasu.
Odpowiedź w niczym nie pomogła.
Najgorsza obsługa, z jaką się spotkałem.""",
        """W końcu się udało, ale bardzo wolno.
Ludzie są mili, procedury mniej.
Odpowiedziano na połowę mojego pytania.
Ani dobrze, ani źle.
Działa, choć trochę to trwało.
Spodziewałam się trochę więcej.
Odpowiedź przyszła późno, ale była poprawna.""",
        """Szybko i uprzejmie, dziękuję!
Sprawa załatwiona w godzinę, świetna robota.
Osoba, która mi pomogła, była bardzo cierpliwa.
Najlepsza obsługa od lat.
Wszystko zostało jasno wyjaśnione.
Jestem naprawdę zadowolona z pomocy.
Doskonała obsługa, po prostu zadziałało.""",
    ),
    "ms": (
        """Saya menunggu berhari-hari dan tiada siapa peduli.
Sangat kecewa dengan perkhidmatan ini.
Tiada siapa faham soalan saya.
Saya terpaksa menerangkan semuanya tiga kali.
Ini membuang masa saya.
Jawapan itu langsung tidak membantu.
Sokongan paling teruk yang pernah saya alami.""",
        """Akhirnya selesai, tetapi lambat.
Orangnya mesra, prosesnya tidak.
Separuh soalan saya dijawab.
Tidak baik dan tidak buruk.
Sudah berfungsi semula walaupun mengambil masa.
Saya mengharapkan lebih sedikit.
Jawapan tiba lewat tetapi betul.""",
        """Cepat dan mesra, terima kasih!
Selesai dalam masa sejam, syabas.
Orang yang membantu saya sangat sabar.
Sokongan terbaik selama bertahun-tahun.
Semuanya diterangkan dengan jelas.
Saya sungguh gembira dengan bantuan ini.
Perkhidmatan cemerlang, terus berjaya.""",
    ),
    "ar": (
        """انتظرت أيامًا ولم يهتم أحد.
خاب أملي كثيرًا في الخدمة.
لم يفهم أحد سؤالي.
اضطررت إلى شرح كل شيء ثلاث مرات.
كان ذلك مضيعة لوقتي.
الجواب لم يساعدني إطلاقًا.
أسوأ دعم صادفته حتى الآن.""",
        """انتهى الأمر بخير لكن ببطء.
الموظفون لطفاء أما الإجراءات فلا.
أجيب عن نصف سؤالي فقط.
لا جيد ولا سيئ.
عاد للعمل لكن الأمر استغرق وقتًا.
كنت أتوقع أكثر قليلًا.
جاء الرد متأخرًا لكنه صحيح.""",
        """خدمة سريعة ولطيفة، شكرًا!
حُلّت المشكلة خلال ساعة، عمل رائع.
من ساعدني كان صبورًا جدًا.
أفضل دعم حصلت عليه منذ سنوات.
شُرح كل شيء بوضوح.
أنا سعيد حقًا بما تم.
خدمة ممتازة، كل شيء نجح ببساطة.""",
    ),
    "bg": (
        """Чаках дни наред и на никого не му пукаше.
Много съм разочарован от обслужването.
Никой не разбра какво питам.
Трябваше да обяснявам всичко три пъти.
Загуба на време.
Отговорът изобщо не помогна.
Най-лошата поддръжка, която съм срещал.""",
        """Накрая се получи, но бавно.
Хората са любезни, процесът не е.
Отговориха на половината ми въпрос.
Нито добре, нито зле.
Отново работи, макар че отне време.
Очаквах малко повече.
Отговорът дойде късно, но беше верен.""",
        """Бързо и любезно, благодаря!
Решено за час, чудесна работа.
Човекът, който ми помогна, беше много търпелив.
Най-добрата поддръжка от години.
Всичко беше обяснено ясно.
Наистина съм доволна от помощта.
Отлично обслужване, просто проработи.""",
    ),
}
"""By language and mood; one sentence a line, the same number everywhere."""

TOPICS = {
    "delivery": (
        "It was about my parcel.",
        "Chodziło o moją paczkę.",
        "Ia tentang bungkusan saya.",
        "كان الأمر عن طردي.",
        "Ставаше дума за пратката ми.",
    ),
    "how-to": (
        "I only wanted to set up the device.",
        "Chciałem tylko ustawić urządzenie.",
        "Saya hanya mahu menyediakan peranti.",
        "أردت فقط إعداد الجهاز.",
        "Исках само да настроя устройството.",
    ),
    "refund": (
        "I asked for my money back.",
        "Prosiłem o zwrot pieniędzy.",
        "Saya meminta wang saya dipulangkan.",
        "طلبت استرداد مالي.",
        "Поисках си парите обратно.",
    ),
    "defect": (
        "The camera had stopped working.",
        "Kamera przestała działać.",
        "Kamera berhenti berfungsi.",
        "توقفت الكاميرا عن العمل.",
        "Камерата беше спряла да работи.",
    ),
    "login": (
        "I could not log in.",
        "Nie mogłem się zalogować.",
        "Saya tidak dapat log masuk.",
        "لم أستطع تسجيل الدخول.",
        "Не можех да вляза в профила си.",
    ),
    "invoice": (
        "There was a mistake in my invoice.",
        "Na fakturze był błąd.",
        "Ada kesilapan dalam invois saya.",
        "كان في فاتورتي خطأ.",
        "Имаше грешка във фактурата ми.",
    ),
    "complaint": (
        "I had complained before.",
        "Już wcześniej składałam reklamację.",
        "Saya pernah membuat aduan sebelum ini.",
        "سبق أن اشتكيت.",
        "Вече се бях оплаквал.",
    ),
    "cancellation": (
        "I wanted to cancel my plan.",
        "Chciałam zrezygnować z abonamentu.",
        "Saya mahu membatalkan pelan saya.",
        "أردت إلغاء اشتراكي.",
        "Исках да прекратя абонамента си.",
    ),
    "pairing": (
        "The speaker would not pair.",
        "Głośnik nie chciał się sparować.",
        "Pembesar suara tidak mahu berpasangan.",
        "لم يقترن مكبر الصوت.",
        "Тонколоната не искаше да се сдвои.",
    ),
    "old-app": (
        "The old app no longer opened.",
        "Stara aplikacja już się nie otwierała.",
        "Aplikasi lama tidak lagi dapat dibuka.",
        "لم يعد التطبيق القديم يفتح.",
        "Старото приложение вече не се отваряше.",
    ),
    "outage": (
        "Everything had been offline.",
        "Wszystko było niedostępne.",
        "Semuanya luar talian.",
        "كان كل شيء متوقفًا.",
        "Всичко беше спряло.",
    ),
}
"""By kind of matter, in the order of LANGUAGES."""

CLOSERS = {
    "en": (
        "I am thinking of leaving.\nPlease do something about it.\nNever again.\n"
        "Still no solution.",
        "There is room for improvement.\nWe will see.\nPlease be faster next time.\nFair enough.",
        "Keep it up!\nI will recommend you.\nThank you again.\nNothing to add.",
    ),
    "pl": (
        "Zastanawiam się nad odejściem.\nProszę coś z tym zrobić.\nNigdy więcej.\n"
        "Nadal nie ma rozwiązania.",
        "Jest co poprawić.\nZobaczymy.\nNastępnym razem proszę szybciej.\nMoże być.",
        "Tak trzymać!\nBędę was polecać.\nJeszcze raz dziękuję.\nNic dodać, nic ująć.",
    ),
    "ms": (
        "Saya terfikir untuk berhenti.\nTolong buat sesuatu.\nTidak akan lagi.\n"
        "Masih tiada penyelesaian.",
        "Masih boleh diperbaiki.\nKita lihat nanti.\nLain kali tolong lebih cepat.\nBolehlah.",
        "Teruskan usaha!\nSaya akan mengesyorkan anda.\nTerima kasih sekali lagi.\n"
        "Tiada apa-apa lagi.",
    ),
    "ar": (
        "أفكر في المغادرة.\nأرجو أن تفعلوا شيئًا.\nلن أعود أبدًا.\nما زال بلا حل.",
        "هناك مجال للتحسين.\nسنرى.\nأسرع في المرة القادمة من فضلكم.\nمقبول.",
        "استمروا هكذا!\nسأوصي بكم.\nشكرًا مرة أخرى.\nلا شيء أضيفه.",
    ),
    "bg": (
        "Мисля да се откажа.\nМоля, направете нещо.\nНикога повече.\nВсе още няма решение.",
        "Има какво да се подобри.\nЩе видим.\nСледващия път по-бързо, моля.\nБива.",
        "Продължавайте така!\nЩе ви препоръчам.\nБлагодаря отново.\nНямам какво да добавя.",
    ),
}
