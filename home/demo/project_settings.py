"""The project settings and official texts of the demo.

The funding texts have not been compared with the agency's official texts, so none is marked as confirmed: the dashboard
shows editors that a native speaker must confirm them.
"""

import datetime

SETTINGS = {
    "acronym": "DigiCanTrain",
    "programme_name": "EU4Health",
    "grant_number": "101101253",
    "funding_kind": "funded",
    "starts_on": datetime.date(2023, 3, 1),
    "ends_on": datetime.date(2026, 2, 28),
}

TEXTS = {
    "en": {
        "project_title": "Digital Skills Training for Health Care Professionals in Oncology",
        "authority_name": "European Health and Digital Executive Agency (HaDEA)",
        "funding_statement": "Funded by the European Union",
        "disclaimer": (
            "Funded by the European Union. Views and opinions expressed are however those of the author(s) only and do "
            "not necessarily reflect those of the European Union or the European Health and Digital Executive Agency "
            "(HaDEA). Neither the European Union nor the granting authority can be held responsible for them."
        ),
        "footer_text": (
            "DigiCanTrain designed, piloted and evaluated a training in digital skills for everyone who works in "
            "cancer care. Partners from six countries and European cancer organisations took part."
        ),
    },
    "fi": {
        "project_title": "Digitaitojen koulutusta syöpäsairauksien hoidon ammattilaisille",
        "authority_name": "Euroopan terveys- ja digitaaliasioiden toimeenpanovirasto (HaDEA)",
        "funding_statement": "Euroopan unionin rahoittama",
        "disclaimer": (
            "Euroopan unionin rahoittama. Esitetyt näkemykset ja mielipiteet ovat ainoastaan tämän tekstin laatijoiden "
            "näkemyksiä eivätkä välttämättä vastaa Euroopan unionin tai Euroopan terveys- ja digitaaliasioiden "
            "toimeenpanoviraston (HaDEA) kantaa. Euroopan unioni ja HaDEA eivät ole vastuussa niistä."
        ),
        "footer_text": (
            "DigiCanTrain suunnitteli, pilotoi ja arvioi digitaitojen koulutuksen kaikille syövänhoidon parissa "
            "työskenteleville. Mukana oli kumppaneita kuudesta maasta sekä eurooppalaisia syöpäjärjestöjä."
        ),
    },
    "et": {
        "project_title": "Digioskuste koolitus onkoloogiavaldkonna tervishoiutöötajatele",
        "authority_name": "Euroopa Tervise ja Digitaalvaldkonna Rakendusamet (HaDEA)",
        "funding_statement": "Rahastanud Euroopa Liit",
        "disclaimer": (
            "Rahastanud Euroopa Liit. Avaldatud seisukohad ja arvamused on ainult autori(te) omad ega pruugi kajastada "
            "Euroopa Liidu või Euroopa Tervise ja Digitaalvaldkonna Rakendusameti (HaDEA) seisukohti. Ei Euroopa Liitu "
            "ega HaDEAt saa nende eest vastutavaks pidada."
        ),
        "footer_text": (
            "DigiCanTrain kavandas, katsetas ja hindas digioskuste koolitust kõigile, kes töötavad vähiravis. Osalesid "
            "partnerid kuuest riigist ja Euroopa vähiorganisatsioonid."
        ),
    },
    "el": {
        "project_title": "Εκπαίδευση επαγγελματιών υγείας στην ογκολογία σε ψηφιακές δεξιότητες",
        "authority_name": "Ευρωπαϊκός Εκτελεστικός Οργανισμός για την Υγεία και τον Ψηφιακό Τομέα (HaDEA)",
        "funding_statement": "Με τη χρηματοδότηση της Ευρωπαϊκής Ένωσης",
        "disclaimer": (
            "Με τη χρηματοδότηση της Ευρωπαϊκής Ένωσης. Οι απόψεις και οι γνώμες που διατυπώνονται εκφράζουν "
            "αποκλειστικά τις απόψεις των συντακτών και δεν αντιπροσωπεύουν κατ' ανάγκη τις απόψεις της Ευρωπαϊκής "
            "Ένωσης ή του Ευρωπαϊκού Εκτελεστικού Οργανισμού για την Υγεία και τον Ψηφιακό Τομέα (HaDEA). Η "
            "Ευρωπαϊκή Ένωση και ο HaDEA δεν μπορούν να θεωρηθούν υπεύθυνοι για τις εκφραζόμενες απόψεις."
        ),
        "footer_text": (
            "Το DigiCanTrain σχεδίασε, εφάρμοσε πιλοτικά και αξιολόγησε μια εκπαίδευση σε ψηφιακές δεξιότητες για "
            "όσους εργάζονται στη φροντίδα του καρκίνου, με εταίρους από έξι χώρες και ευρωπαϊκές οργανώσεις για τον "
            "καρκίνο."
        ),
    },
}
