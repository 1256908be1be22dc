LABELS = {
    "kind": "Tietolehti",
    "messages": "Lyhyesti",
    "page": "Sivu",
    "of": "/",
    "licence": "Lisenssi: Creative Commons Nimeä 4.0 (CC BY 4.0)",
}

INDEX = {
    "title": "Tietolehdet",
    "slug": "tietolehdet",
    "lead": "Hanke muutamalla sivulla: luettavaksi tässä, ladattavaksi ja jaettavaksi neljällä kielellä.",
    "summary": "Hanke muutamalla sivulla: luettavaksi, ladattavaksi ja jaettavaksi.",
}

TOPICS = {"project": "Hanke", "training": "Koulutus", "events": "Tapahtumat"}
TARGET_GROUPS = {
    "professionals": "Terveydenhuollon ammattilaiset",
    "educators": "Kouluttajat",
    "policymakers": "Päättäjät",
    "public": "Kaikki",
}

SHEETS = {
    "glance": {
        "title": "DigiCanTrain pähkinänkuoressa",
        "slug": "digicantrain-pahkinankuoressa",
        "lead": "Miksi hanketta tarvittiin, mitä siinä tehtiin ja ketkä olivat sen takana.",
        "summary": "Miksi hanketta tarvittiin, mitä siinä tehtiin ja ketkä olivat sen takana, kahdella sivulla.",
        "cover_alt": "Otsikkosivu, jossa on toisiinsa liittyviä ympyröitä, pääviestit sävytetyssä ruudussa ja kolme "
        "suurta lukua.",
        "messages": [
            "Digitaaliset välineet ovat tulossa osaksi kaikkea syövän hoitoa. Silti useimmat terveydenhuollon "
            "ammattilaiset kokevat, ettei heitä ole koulutettu siihen riittävästi.",
            "DigiCanTrain suunnitteli, pilotoi ja arvioi digitaitojen koulutuksen kliinistä ja muuta työtä tekeville "
            "sekä niille, jotka kouluttavat muita.",
            "Koulutus kattaa eurooppalaisen tutkintojen viitekehyksen tasot 6–8. ECTS- ja CME-pisteiden rinnalla on "
            "pieniä osaamiskokonaisuuksia.",
        ],
        "figures": [
            ("6", "maata, joista konsortion kumppanit tulevat"),
            ("3 vuotta", "maaliskuusta 2023 helmikuuhun 2026"),
            ("EQF 6–8", "koulutuksen tasot"),
        ],
        "sections": [
            {
                "heading": "Miksi hanketta tarvittiin",
                "content": [
                    "Syöpä on Euroopan yleisimpiä sairauksia. Pelkästään vuonna 2018 Euroopan unionin silloisissa "
                    "28 jäsenmaassa odotettiin todettavan 3 miljoonaa uutta syöpätapausta.",
                    "Covid-19-pandemia osoitti hyvin lyhyessä ajassa, miten digitaaliset palvelut voivat muuttaa "
                    "hoitoa: siitä tulee kestävämpää, tehokkaampaa, avoimempaa ja helpommin saavutettavaa.",
                    "Oikein käytettynä sähköisen terveydenhuollon teknologia tukee ammattilaisten ja syöpään "
                    "sairastuneiden vuoropuhelua. Pelkät välineet muuttavat kuitenkin vähän, jos niiden käyttäjät "
                    "kokevat olevansa valmistautumattomia.",
                ],
            },
            {
                "heading": "Mitä hankkeessa tehtiin",
                "content": [
                    "Kumppanit suunnittelivat koulutusohjelman, kokeilivat sitä käytännössä ja arvioivat sen. Se on "
                    "tehty kolmelle ryhmälle:",
                    [
                        "kouluttajille",
                        "kliinistä työtä tekeville terveydenhuollon ammattilaisille",
                        "muulle henkilöstölle, joka työskentelee syöpään sairastuneiden parissa",
                    ],
                    "Kaiken takana on yksi tavoite: vaikuttava ja ihmislähtöinen hoito, jossa digitaaliset palvelut ja "
                    "nykyaikainen terveysteknologia ovat osaavissa käsissä.",
                ],
            },
            {
                "heading": "Ketkä olivat mukana",
                "content": [
                    "Hanketta koordinoi Turun ammattikorkeakoulu, ja sitä johti Virpi Sulosaari. Kuudesta maasta "
                    "tulevien kumppanien joukossa olivat Tallinna Tervishoiu Kõrgkool Virosta sekä Terveyden ja "
                    "hyvinvoinnin laitos (THL); mukana oli myös eurooppalaisia syöpäjärjestöjä. Koulutus toteutettiin "
                    "myös Kreikassa.",
                    {
                        "caption": "Hankkeen perustiedot",
                        "columns": ["Asia", "Tiedot"],
                        "rows": [
                            ["Rahoitusohjelma", "EU4Health, osana Euroopan syöväntorjuntasuunnitelmaa"],
                            ["Avustussopimus", "101101253"],
                            ["Avustuksen myöntäjä", "Euroopan terveys- ja digitaaliasioiden toimeenpanovirasto (HaDEA)"],
                            ["Kesto", "1. maaliskuuta 2023 – 28. helmikuuta 2026"],
                            ["Koordinaattori", "Turun ammattikorkeakoulu"],
                            ["Projektipäällikkö", "Virpi Sulosaari"],
                        ],
                    },
                ],
            },
        ],
    },
    "goals": {
        "title": "Koulutuksen tavoitteet ja tasot",
        "slug": "koulutuksen-tavoitteet-ja-tasot",
        "lead": "Mitä koulutuksella halutaan muuttaa, kenelle se on tarkoitettu ja miten siitä saa opintosuorituksia.",
        "summary": "Mitä koulutuksella halutaan muuttaa, kenelle se on ja miten se luetaan hyväksi.",
        "cover_alt": "Otsikkosivu, jossa on toisiinsa liittyviä ympyröitä, pääviestit sävytetyssä ruudussa ja kolme "
        "suurta lukua.",
        "messages": [
            "Koulutus vahvistaa ja uudistaa kaikkien niiden digitaitoja, jotka työskentelevät syöpään sairastuneiden "
            "parissa.",
            "Sen moduulit on suunnattu kuudelle ryhmälle, sairaanhoitajista julkishallinnon asiantuntijoihin.",
            "Se sijoittuu EQF-tasoille 6–8, ja pienten osaamiskokonaisuuksien ansiosta pienetkin askeleet oppimisessa "
            "tulevat näkyviin.",
        ],
        "figures": [
            ("6", "ryhmää, joilla on omat moduulinsa"),
            ("EQF 6–8", "kandidaatin tasolta tohtorin tasolle"),
            ("3", "tunnustamisen tapaa: ECTS, CME, pienet osaamiskokonaisuudet"),
        ],
        "sections": [
            {
                "heading": "Mihin koulutuksella pyritään",
                "content": [
                    [
                        "Syövän hoidossa työskentelevät pääsevät nykyistä helpommin täydennyskoulutukseen.",
                        "Kliinistä ja muuta työtä tekevien ammattilaisten digitaidot vahvistuvat.",
                        "Terveysteknologiaa osataan käyttää luontevasti syöpään sairastuneiden hoidossa.",
                        "Elinikäisellä oppimisella on vakiintunut paikka korkeakoulutuksessa.",
                    ],
                ],
            },
            {
                "heading": "Kenelle koulutus on tarkoitettu",
                "content": [
                    "Jokaiselle näistä ryhmistä on moduuli, joka on tehty juuri sen työtä varten:",
                    [
                        "kouluttajat",
                        "moniammatilliset tiimit",
                        "sairaanhoitajat",
                        "onkologian ja yleislääketieteen erikoislääkärit",
                        "muu kuin kliininen henkilöstö",
                        "julkishallinnon asiantuntijat",
                    ],
                ],
            },
            {
                "heading": "Millä tasolla koulutus on",
                "content": [
                    "Eurooppalainen tutkintojen viitekehys (EQF) jakaa sen, mitä ihminen tietää ja osaa, kahdeksaan "
                    "tasoon, jotta tutkintoja voidaan verrata yli rajojen. Koulutus sijoittuu kolmelle ylimmälle "
                    "tasolle.",
                    {
                        "caption": "Koulutuksen tasot",
                        "columns": ["Taso", "Vastaa suunnilleen"],
                        "rows": [
                            ["EQF 6", "alempi korkeakoulututkinto"],
                            ["EQF 7", "ylempi korkeakoulututkinto"],
                            ["EQF 8", "tohtorin tutkinto"],
                        ],
                    },
                ],
            },
            {
                "heading": "Miten koulutus luetaan hyväksi",
                "content": [
                    "Terveydenhuollon ammattilaiset tuntevat kaksi pistejärjestelmää: korkeakoulujen ECTS-opintopisteet "
                    "ja lääketieteen täydennyskoulutuksen CME-pisteet. Niiden rinnalle tulevat pienet "
                    "osaamiskokonaisuudet. Ne osoittavat, mitä lyhyellä kurssilla on opittu, ja niitä voi kerätä työn "
                    "ohessa.",
                ],
            },
        ],
    },
    "forum": {
        "title": "Foorumin ohjelma",
        "slug": "foorumin-ohjelma",
        "lead": "Loppufoorumi 12. helmikuuta 2026: tavoitteet, kohderyhmä ja päivä aamukahvista loppusanoihin.",
        "summary": "Loppufoorumin tavoitteet, kohderyhmä ja aikataulu 12. helmikuuta 2026.",
        "cover_alt": "Otsikkosivu, jossa on toisiinsa liittyviä ympyröitä ja pääviestit sävytetyssä ruudussa; sitten "
        "seuraa aikataulu.",
        "messages": [
            "Foorumissa kerrottiin, mitä hankkeessa on saatu selville ennen kaikkea digitaalisesta lukutaidosta ja "
            "osaamisesta.",
            "Siellä keskusteltiin uusista ajatuksista ja hyvistä käytännöistä ihmislähtöisessä digitaalisessa syövän "
            "hoidossa.",
            "Se toi yhteen ne, jotka haluavat antaa digitaidoille vakiintuneen paikan terveydenhuollossa.",
        ],
        "figures": [],
        "sections": [
            {
                "heading": "Tapahtuma",
                "content": [
                    "Päivän koko nimi oli ”DigiCanTrain-foorumi: Voimaa syövän hoidon tulevaisuuteen – digitaalinen "
                    "osaaminen ja yhteistyön käytännöt”. Se pidettiin 12. helmikuuta 2026 paikan päällä ja verkossa.",
                    "Se oli tarkoitettu terveydenhuollon ammattilaisille, johtajille, kouluttajille, päättäjille, "
                    "kansalaisjärjestöille ja DigiCanTrain-konsortiolle.",
                ],
            },
            {
                "heading": "Päivän kulku",
                "content": [
                    {
                        "caption": "Aikataulu 12. helmikuuta 2026 (tapahtumapaikan aikaa)",
                        "columns": ["Aika", "Ohjelma", "Kuka tai missä"],
                        "rows": [
                            ["9.30–10.00", "Ilmoittautuminen ja tervetulokahvi", ""],
                            ["10.00", "Tervetulosanat", "Virpi Sulosaari, projektipäällikkö"],
                            ["10.10", "Terveydenhuollon digitaalinen murros – Viron näkökulma", "Puheenvuoro"],
                            ["10.30", "Digipalvelut ja digitaidot Viron syöväntorjuntasuunnitelmassa", "Puheenvuoro"],
                            ["10.50", "DigiCanTrain – katsaus hankkeeseen", "Puheenvuoro, aikaa kysymyksille"],
                            ["11.15", "DigiCanTrain – koulutusohjelma", "Puheenvuoro"],
                            [
                                "11.35",
                                "Kokemuksia koulutuksesta",
                                "Kouluttaja ja osallistuja Virosta ja Kreikasta, aikaa kysymyksille",
                            ],
                            ["12.00", "Buffetlounas – verkostoitumista", "Ravintola Senso"],
                            ["13.00", "Digitaalinen interventio syövän hoidossa", "Puheenvuoro"],
                            [
                                "13.25",
                                "DigiCanTrain – tärkeimmät tulokset, opit ja tie eteenpäin",
                                "Puheenvuoro, aikaa kysymyksille",
                            ],
                            [
                                "14.00",
                                "Vahvempi terveydenhuollon henkilöstö: EU:n visio digitaalisen terveyden tulevaisuudesta",
                                "Puheenvuoro",
                            ],
                            ["14.20", "Kahvitauko – verkostoitumista", ""],
                            [
                                "14.50",
                                "Paneelikeskustelut",
                                "Eurooppalaisten sidosryhmien yhteistyön edistäminen tulevaisuudessa",
                            ],
                            ["15.40", "Paneelikeskustelujen yhteenveto", ""],
                            ["15.50", "Loppusanat ja hyvästit", ""],
                        ],
                    },
                    "Osuus, jolle ei ole merkitty päättymisaikaa, kesti seuraavan alkuun.",
                ],
            },
        ],
    },
}
