LABELS = {
    "kind": "Teabeleht",
    "messages": "Lühidalt",
    "page": "Lk",
    "of": "/",
    "licence": "Litsents: Creative Commons Autorile viitamine 4.0 (CC BY 4.0)",
}

INDEX = {
    "title": "Teabelehed",
    "slug": "teabelehed",
    "lead": "Projekt mõnel leheküljel: siin lugemiseks, allalaadimiseks ja edasiandmiseks neljas keeles.",
    "summary": "Projekt mõnel leheküljel: lugemiseks, allalaadimiseks ja edasiandmiseks.",
}

TOPICS = {"project": "Projekt", "training": "Koolitus", "events": "Sündmused"}
TARGET_GROUPS = {
    "professionals": "Tervishoiutöötajad",
    "educators": "Koolitajad",
    "policymakers": "Poliitikakujundajad",
    "public": "Kõik huvilised",
}

SHEETS = {
    "glance": {
        "title": "DigiCanTrain lühidalt",
        "slug": "digicantrain-luhidalt",
        "lead": "Miks projekti vaja oli, mida selles tehti ja kes selle taga seisid.",
        "summary": "Miks projekti vaja oli, mida selles tehti ja kes selle taga seisid – kahel leheküljel.",
        "cover_alt": "Tiitelleht omavahel ühendatud ringidega, peamised sõnumid toonitud kastis ja kolm suurt arvu.",
        "messages": [
            "Digivahenditest on saamas kogu vähiravi osa. Ometi tunneb enamik tervishoiutöötajaid, et neid ei ole "
            "selleks piisavalt koolitatud.",
            "DigiCanTrain kavandas, katsetas ja hindas digioskuste koolitust kliinilistele ja mittekliinilistele "
            "töötajatele ning neile, kes teisi koolitavad.",
            "Koolitus hõlmab Euroopa kvalifikatsiooniraamistiku tasemeid 6–8. Ainepunkte (ECTS) ja täienduskoolituse "
            "punkte (CME) täiendavad mikrokvalifikatsioonid.",
        ],
        "figures": [
            ("6", "riiki, kust konsortsiumi partnerid pärit on"),
            ("3 aastat", "2023. aasta märtsist 2026. aasta veebruarini"),
            ("EQF 6–8", "koolituse tasemed"),
        ],
        "sections": [
            {
                "heading": "Miks seda vaja oli",
                "content": [
                    "Vähk on Euroopas üks sagedasemaid haigusi. Ainuüksi 2018. aastal oodati toonases Euroopa Liidu "
                    "28 liikmesriigis 3 miljonit uut vähijuhtu.",
                    "COVID-19 pandeemia näitas väga lühikese ajaga, kuidas digiteenused võivad ravi korraldust muuta: "
                    "see muutub vastupidavamaks, tõhusamaks, läbipaistvamaks ja kergemini kättesaadavaks.",
                    "Õigesti kasutatud e-tervise tehnoloogia aitab tervishoiutöötajatel ja vähist puudutatud inimestel "
                    "omavahel suhelda. Ainult vahenditest on aga vähe kasu, kui nende kasutajad ei tunne end selleks "
                    "ette valmistatuna.",
                ],
            },
            {
                "heading": "Mida projektis tehti",
                "content": [
                    "Partnerid kavandasid haridus- ja koolitusprogrammi, katsetasid seda ja hindasid tulemusi. See on "
                    "mõeldud kolmele rühmale:",
                    [
                        "koolitajatele",
                        "kliinilist tööd tegevatele tervishoiutöötajatele",
                        "mittekliinilistele töötajatele, kes puutuvad kokku vähist puudutatud inimestega",
                    ],
                    "Selle taga on üks eesmärk: tulemuslik ja inimesekeskne ravi, kus digiteenused ja tänapäevane "
                    "e-tervise tehnoloogia on oskajate kätes.",
                ],
            },
            {
                "heading": "Kes osalesid",
                "content": [
                    "Projekti koordineeris Turu Rakenduskõrgkool Soomes ja seda juhtis Virpi Sulosaari. Kuue riigi "
                    "partnerite seas olid Tallinna Tervishoiu Kõrgkool ning Soome Tervise ja Heaolu Instituut (THL); "
                    "osalesid ka Euroopa vähiorganisatsioonid. Koolitus toimus ka Kreekas.",
                    {
                        "caption": "Projekti põhiandmed",
                        "columns": ["Mis", "Andmed"],
                        "rows": [
                            ["Rahastusprogramm", "EU4Health, Euroopa vähktõvevastase võitluse kava meetmena"],
                            ["Toetusleping", "101101253"],
                            ["Toetuse andja", "Euroopa Tervise ja Digitaalvaldkonna Rakendusamet (HaDEA)"],
                            ["Kestus", "1. märts 2023 – 28. veebruar 2026"],
                            ["Koordinaator", "Turu Rakenduskõrgkool"],
                            ["Projektijuht", "Virpi Sulosaari"],
                        ],
                    },
                ],
            },
        ],
    },
    "goals": {
        "title": "Koolituse eesmärgid ja tasemed",
        "slug": "koolituse-eesmargid-ja-tasemed",
        "lead": "Mida koolitus muuta tahab, kellele see on mõeldud ja kuidas seda arvestatakse.",
        "summary": "Mida koolitus muuta tahab, kellele see on mõeldud ja kuidas seda arvestatakse.",
        "cover_alt": "Tiitelleht omavahel ühendatud ringidega, peamised sõnumid toonitud kastis ja kolm suurt arvu.",
        "messages": [
            "Koolitus arendab ja uuendab kõigi nende digioskusi, kes töötavad vähist puudutatud inimestega.",
            "Selle moodulid on suunatud kuuele rühmale, õdedest riigiasutuste ekspertideni.",
            "See vastab EQF-i tasemetele 6–8 ning tänu mikrokvalifikatsioonidele lähevad arvesse ka väikesed sammud "
            "õppimises.",
        ],
        "figures": [
            ("6", "rühma, kellel on oma moodulid"),
            ("EQF 6–8", "bakalaureuse tasemest doktori tasemeni"),
            ("3", "arvestamise viisi: ECTS, CME, mikrokvalifikatsioonid"),
        ],
        "sections": [
            {
                "heading": "Mida soovitakse saavutada",
                "content": [
                    [
                        "Vähiravis töötavad inimesed pääsevad kergemini täienduskoolitusele.",
                        "Kliiniliste ja mittekliiniliste töötajate digioskused paranevad.",
                        "E-tervise tehnoloogiat kasutatakse vähist puudutatud inimestega töötades enesekindlalt.",
                        "Elukestval õppel on kõrghariduses kindel koht.",
                    ],
                ],
            },
            {
                "heading": "Kellele see on mõeldud",
                "content": [
                    "Igale neist rühmadest on moodul, mis lähtub just nende tööst:",
                    [
                        "koolitajad",
                        "multidistsiplinaarsed meeskonnad",
                        "õed",
                        "onkoloogia ja üldmeditsiini eriarstid",
                        "mittekliinilised töötajad",
                        "riigiasutuste eksperdid",
                    ],
                ],
            },
            {
                "heading": "Mis tasemel",
                "content": [
                    "Euroopa kvalifikatsiooniraamistik (EQF) jagab selle, mida inimene teab ja oskab, kaheksale "
                    "tasemele, et kvalifikatsioone saaks riikide vahel võrrelda. Koolitus kuulub kolmele kõrgeimale.",
                    {
                        "caption": "Koolituse tasemed",
                        "columns": ["Tase", "Võrreldav"],
                        "rows": [
                            ["EQF 6", "bakalaureusekraadiga"],
                            ["EQF 7", "magistrikraadiga"],
                            ["EQF 8", "doktorikraadiga"],
                        ],
                    },
                ],
            },
            {
                "heading": "Kuidas seda arvestatakse",
                "content": [
                    "Tervishoiutöötajad tunnevad hästi kaht punktisüsteemi: kõrghariduse ainepunkte (ECTS) ja "
                    "meditsiinilise täienduskoolituse punkte (CME). Nende kõrvale tulevad mikrokvalifikatsioonid. Need "
                    "tõendavad, mida lühikesel kursusel on õpitud, ja neid saab koguda töö kõrvalt.",
                ],
            },
        ],
    },
    "forum": {
        "title": "Foorumi programm",
        "slug": "foorumi-programm",
        "lead": "Lõpufoorum 12. veebruaril 2026: eesmärgid, sihtrühm ja kogu päev hommikukohvist lõpusõnadeni.",
        "summary": "Lõpufoorumi eesmärgid, sihtrühm ja ajakava 12. veebruaril 2026.",
        "cover_alt": "Tiitelleht omavahel ühendatud ringidega ja peamised sõnumid toonitud kastis; järgneb ajakava.",
        "messages": [
            "Foorumil jagati, mida projektis on teada saadud, eelkõige digikirjaoskuse ja digipädevuste kohta.",
            "Arutati uusi mõtteid ja häid tavasid inimesekeskses digitaalses vähiravis.",
            "Kokku said need, kes soovivad anda digioskustele tervishoius kindla koha.",
        ],
        "figures": [],
        "sections": [
            {
                "heading": "Sündmus",
                "content": [
                    "Päeva täispikk nimi oli „DigiCanTraini foorum: vähiravi tuleviku tugevdamine – digipädevus ja "
                    "koostöö“. See toimus 12. veebruaril 2026 kohapeal ja veebis.",
                    "See oli mõeldud tervishoiutöötajatele, juhtidele, koolitajatele, poliitikakujundajatele, "
                    "vabaühendustele ja DigiCanTraini konsortsiumile.",
                ],
            },
            {
                "heading": "Päevakava",
                "content": [
                    {
                        "caption": "Ajakava 12. veebruaril 2026 (toimumiskoha kohalik aeg)",
                        "columns": ["Aeg", "Programm", "Kes või kus"],
                        "rows": [
                            ["9.30–10.00", "Registreerimine ja tervituskohv", ""],
                            ["10.00", "Tervitussõnad", "Virpi Sulosaari, projektijuht"],
                            ["10.10", "Digipööre tervishoius – Eesti vaade", "Ettekanne"],
                            ["10.30", "Digiteenused ja digioskused Eesti vähitõrje tegevuskavas", "Ettekanne"],
                            ["10.50", "DigiCanTrain – ülevaade projektist", "Ettekanne, aega küsimusteks"],
                            ["11.15", "DigiCanTrain – koolitusprogramm", "Ettekanne"],
                            [
                                "11.35",
                                "Kogemusi koolitusest",
                                "Koolitaja ja osaleja Eestist ja Kreekast, aega küsimusteks",
                            ],
                            ["12.00", "Rootsi lauaga lõuna – kohtumised", "Restoran Senso"],
                            ["13.00", "Digitaalne sekkumine vähiravis", "Ettekanne"],
                            [
                                "13.25",
                                "DigiCanTrain – põhitulemused, õppetunnid ja edasine tee",
                                "Ettekanne, aega küsimusteks",
                            ],
                            [
                                "14.00",
                                "Tugevam tervishoiutöötajaskond: ELi nägemus digitaalse tervise tulevikust",
                                "Ettekanne",
                            ],
                            ["14.20", "Kohvipaus – kohtumised", ""],
                            [
                                "14.50",
                                "Paneelarutelud",
                                "Euroopa sidusrühmade edasise koostöö soodustamine",
                            ],
                            ["15.40", "Paneelarutelude kokkuvõte", ""],
                            ["15.50", "Lõpusõnad ja hüvastijätt", ""],
                        ],
                    },
                    "Osa, mille lõppu ei ole märgitud, kestis järgmise alguseni.",
                ],
            },
        ],
    },
}
