"""Names of many cultures, easy and hard ones: what people are called, spelt as they spell it."""

# ruff: noqa: E501 - tables: one culture, one country, one line

from __future__ import annotations

import random

__all__ = ["CULTURES", "FIRST_NAMES", "LAST_NAMES", "person"]

# first names | last names; weights give the mixture of an international B2B list.
CULTURES: dict[str, tuple[int, str, str]] = {
    "english": (24, "James Mary John Patricia Robert Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Charles Karen Emma Olivia Noah Liam Ava Sophia Mason Logan Ethan Harper Amelia Evelyn Abigail Ella Scarlett Grace Chloe Aiden Lucas Owen Zoe Hannah DeShawn LaToya JoAnn D'Andre Mary-Jane AJ JP TJ Don Dean Page Earl", "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Rogers Reed Cook Morgan Bell Murphy Bailey Cooper Richardson Cox Howard Ward Peterson Gray Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross Henderson Coleman Jenkins Perry Powell Long Patterson Hughes Butler Simmons Foster Bryant Alexander Russell Griffin Hayes Null Test Major Prince Lord Smith-Jones Lloyd-Davies St.John Mack Macy Lacey Dexter Vance Devine Lester"),
    "irish_scottish": (5, "Sean Niamh Aoife Ciarán Siobhán Conor Róisín Padraig Eoin Mairead Angus Fiona Hamish Isla Callum Catriona", "O'Brien O'Neill O'Connor O'Sullivan McDonald McCarthy McLaughlin McKenzie MacDonald MacLeod MacArthur Mackay Mackenzie FitzGerald Fitzpatrick Gallagher Doyle Byrne Walsh Murphy Kennedy Lynch Daly Mcdonald"),
    "german": (13, "Thomas Andreas Stefan Michael Jürgen Jörg Björn Günther Sabine Petra Ursula Monika Claudia Anna Katharina Lena Lukas Felix Maximilian Paul Jonas Niklas Käthe Zoë Hans-Peter Karl-Heinz Anne-Marie Sören Uwe Heike", "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler König Weiß Groß Strauß Weiss Gross Herr Mann Kaiser Jäger Böhm Götz Günther Möller Busch Voß Franke Albrecht Winter Sommer Haas Graf Heinrich Brandt Schreiber Kuhn Engel Pohl Horn Arnold Busch von_der_Leyen von_Braun zu_Guttenberg Müller-Lüdenscheidt Zoellner"),
    "french": (8, "Jean Marie Pierre Camille François Françoise Élodie Émile Chloé Léa Hélène Benoît Jérôme Sébastien Aurélie Noémie Jean-Luc Anne-Sophie Loïc Maël Zoé Inès Gaëlle Thibault Cécile", "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia Bertrand Roux Vincent Fournier Morel Girard Lefebvre Mercier Dupont Lambert Bonnet François Legrand Garnier Faure Rousseau Blanc Guérin Boyer Chevalier Gauthier Perrin Clément d'Estaing de_La_Tour Le_Goff LeBlanc Leblanc L'Hermite Du_Pont Gérard Bézier"),
    "spanish": (8, "José María Juan Carmen Antonio Ana Francisco Isabel Manuel Laura Javier Lucía Álvaro Sofía Íñigo Nuria Begoña Jesús Ángel Inés Martín Andrés Ximena Guadalupe", "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz Núñez Peña García_López de_la_Cruz De_la_Rosa de_León Del_Río"),
    "portuguese": (5, "João Ana Pedro Mariana Tiago Beatriz Gonçalo Inês Luís Conceição Antônio José Otávio Luíza Renata Vinícius Fábio", "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Araújo Melo Barbosa Gonçalves Conceição Simões Magalhães da_Silva dos_Santos de_Souza Falcão Leão"),
    "italian": (5, "Marco Giulia Francesco Chiara Alessandro Sara Andrea Martina Matteo Federica Luca Niccolò Nicolò Elisa Giuseppe Lucia Salvatore Rosa", "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Costa Giordano Mancini Rizzo Lombardi Moretti D'Angelo D'Amico Dell'Acqua Dell'Orto Di_Stefano DeVito Lo_Monaco Nicolò"),
    "dutch": (4, "Jan Sanne Daan Emma Sem Lotte Bram Fleur Thijs Iris Joost Maartje Wouter Femke IJsbrand Noël", "Jansen Visser Bakker Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Dijkstra Smits van_Dijk van_den_Berg van_der_Meer de_Vries de_Boer de_Jong Van_Damme IJzerman 't_Hart ter_Horst"),
    "nordic": (4, "Lars Anna Erik Ingrid Bjørn Åse Sven Astrid Øystein Märta Jørgen Søren Linnéa Håkan Aino Väinö Þór Guðrún Mikkel Freja", "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsen Hansen Jensen Nielsen Sørensen Pedersen Ødegård Bjørnstad Åkesson Lindström Öberg Virtanen Korhonen Mäkinen Hämäläinen Jónsdóttir Sigurðsson af_Klint"),
    "polish_czech": (4, "Piotr Anna Krzysztof Małgorzata Paweł Łukasz Zbigniew Żaneta Jiří Tomáš Zdeněk Šárka Ondřej Jana Wojciech Agnieszka Stanisław", "Nowak Kowalski Kowalska Wiśniewski Wójcik Kamiński Lewandowska Zieliński Szymański Dąbrowski Kozłowski Jankowski Mazur Łukaszewicz Novák Svoboda Dvořák Černý Procházka Kučera Veselý Horák Šťastný Čapek"),
    "hungarian_romanian": (2, "László Zsuzsanna István Erzsébet Gábor Ágnes Attila Ștefan Ioana Mihai Ana-Maria Cătălin Győző Éva", "Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Popescu Ionescu Dumitru Stănescu Țiriac Őry"),
    "turkish": (2, "Mehmet Ayşe Mustafa Fatma İbrahim Işık Şükrü Çağla Oğuz Gülşen Emre Elif Ilgın", "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Işık İnan Çınar"),
    "greek": (1, "Γιώργος Μαρία Δημήτρης Ελένη Κώστας Αικατερίνη Giorgos Eleni Dimitris", "Παπαδόπουλος Νικολάου Γεωργίου Οικονόμου Papadopoulos Nikolaou Georgiou Oikonomou"),
    "slavic_cyrillic": (2, "Ольга Иван Дмитрий Наталья Сергій Оксана Олександр Елена Стоян Milena Dragan Željko Đorđe", "Иванов Смирнова Кузнецов Попов Шевченко Коваленко Бондаренко Ковальчук Петровић Đorđević Šarić Živković Kovačić Jovanović"),
    "arabic": (2, "Mohammed Fatima Ahmed Aisha Omar Layla Khalid Noor محمد فاطمة أحمد ليلى يوسف", "Al-Sayed El-Masry Hassan Hussein Haddad Mansour Khoury al-Rashid bin_Laden Ibn_Saud الأحمد حسن خليل منصور"),
    "hebrew_persian": (1, "Noa Yael Moshe David נועה משה رضا مریم Reza Maryam", "Cohen Levi Mizrahi Ben-David ben_Gurion כהן לוי رضایی محمدی می‌خواهم Hosseini"),
    "indian": (4, "Priya Rahul Ananya Arjun Deepika Vikram Lakshmi Sanjay प्रिया राहुल Ravi Sunita K. R.", "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Mukherjee Chatterjee Das Bose शर्मा पटेल Rao De"),
    "chinese": (3, "Wei Fang Xiuying Li Jing Min Lei Yang 伟 芳 秀英 娜 Xiao-Ming Mei", "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo 王 李 张 刘 陈 Ng Le Ho"),
    "japanese": (2, "Hiroshi Yuki Sakura Takashi Keiko Ren 太郎 花子 健一 さくら Jun", "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura 佐藤 鈴木 高橋 田中 Ōta"),
    "korean": (2, "Min-jun Seo-yeon Ji-hoon Ha-eun Soo-jin 민준 서연 지훈", "Kim Lee Park Choi Jung Kang Cho 김 이 박 최"),
    "vietnamese_thai": (1, "Anh Minh Hương Thảo Nguyệt Đức Somchai สมชาย Phương", "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ สุขใจ Wongsawat"),
    "african": (2, "Chinedu Ngozi Kwame Amara Thabo Zanele N'Golo Oluwaseun Fatoumata Mar'yana", "Okafor Adeyemi Mensah Dlamini Nkosi M'Baye Traoré N'Diaye Diallo Abubakar van_der_Merwe"),
}  # fmt: skip

_STEMS = "Stein Berg Wald Hof Feld Brand Linden Eichen Rosen Gold Silber Kron Adler Hirsch Rott Grün".split()  # noqa: SIM905 - a list of words
_ENDS = "bach mann berg thal hagen müller meier stein wald feld brück horst".split()  # noqa: SIM905
_TOWNS = [
    "Ash",
    "Black",
    "Brad",
    "Clay",
    "Elm",
    "Fair",
    "Hart",
    "Holt",
    "Lang",
    "Marl",
    "Nor",
    "Oak",
    "Pem",
    "Rad",
    "Shel",
    "Thorn",
    "Wen",
    "Whit",
]
_PLACES = "bury combe field ford ham ley more ridge shaw stead ton well wick wood worth".split()  # noqa: SIM905
_SLAVIC = "Bor Dan Gor Jar Kras Mir Pet Rad Stan Tom Vlad Zdan Bogd Vit".split()  # noqa: SIM905
_SKI = "ewski owicz ić enko ov ova owska czyk ák".split()  # noqa: SIM905
_NAMES = {
    culture: (first.split(), [one.replace("_", " ") for one in last.split()])
    for culture, (_, first, last) in CULTURES.items()
}
FIRST_NAMES = frozenset(name for first, _ in _NAMES.values() for name in first)
LAST_NAMES = frozenset(name for _, last in _NAMES.values() for name in last)
_WEIGHTS = [weight for weight, _, _ in CULTURES.values()]


def person(dice: random.Random) -> tuple[str, str]:
    """Return a first and a last name; one in six last names is rare, made of its culture's parts."""
    (culture,) = dice.choices(list(CULTURES), _WEIGHTS)
    first, last = (dice.choice(names) for names in _NAMES[culture])
    if dice.random() < 0.17:
        match culture:
            case "german":
                last = dice.choice(_STEMS) + dice.choice(_ENDS)
            case "english" | "irish_scottish":
                last = dice.choice(_TOWNS) + dice.choice(_PLACES)
            case "polish_czech" | "slavic_cyrillic":
                last = dice.choice(_SLAVIC) + dice.choice(_SKI)
            case "spanish":
                last = f"{last} {dice.choice(_NAMES[culture][1])}"
            case _:
                pass
    return first, last
