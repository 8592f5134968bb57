"""Given names that stand for each other: short forms and the forms of other languages.

Written for this project from common knowledge of English, German, Spanish, French, Italian, Polish
and Russian short forms. One line is one name; a name that is short for several belongs to the one
it most often is. Everything is folded and transliterated as `spelling.plain` does.
"""

from functools import cache

from .spelling import plain

__all__ = ["root"]

_NAMES = """
alexander alex alec alejandro alessandro aleksander sasha sascha alexandre xander sandro
alexandra alejandra alessandra aleksandra sandra
andrew andy drew andreas andre andrea andres andrzej andrej andrei
anthony tony antonio anton antoine
barbara barb barbra basia
benjamin ben benny
catherine katherine kate katie kathy cathy katharina katarina catarina caterina katrin kathleen
charles charlie chuck carlos carl karl carlo
christina christine chris tina cristina krystyna kirsten
christopher chris kit christoph christophe cristobal
daniel dan danny
david dave
deborah debbie deb debra
donald don donnie
dorothy dottie dorothea
edward ed eddie ted ned eduardo edouard eduard
elizabeth liz beth lizzie betty eliza elisabeth elisabetta lisa elzbieta isabel
emily emilia emilie
eugene gene evgeny yevgeny eugen
francis frank francisco francesco francois franz paco pancho fran
frances fran francesca francisca franziska
frederick fred freddie friedrich fritz federico frederic
gabriel gabe
george georg jorge giorgio jerzy georgios giorgos
gerald gerry jerry gerard gerhard
gregory greg gregor grzegorz
henry harry hank heinrich henri enrique enrico henrik
jacob jake jakob
james jim jimmy jamie jaime giacomo
jennifer jen jenny
jessica jess jessie
john jack johnny jon johann johannes hans juan jean giovanni jan ivan joao johan
jonathan jon
joseph joe joey josef jose giuseppe pepe josip
joshua josh
judith judy
julia julie giulia
kenneth ken kenny
kimberly kim
lawrence larry lorenz lorenzo laurent laurence
leonard leo len leonardo
louis lou luis luigi ludwig lewis
margaret maggie meg peggy marge margarita margarete margot gretchen greta malgorzata gosia
mary maria marie molly
martin marty
matthew matt matthias matteo mathieu mateusz mateo
michael mike mick mickey michel miguel michele michal mikhail misha mitch
nancy nan
nathaniel nate nathan nat
nicholas nick nico nicolas niklas nikolaus nicola nikolai nikolaos klaus
pamela pam
patricia pat patty trish tricia patrizia
patrick pat paddy patricio patrizio
paul pablo paolo pavel pawel paolo
peter pete pedro pierre pietro piotr petr
philip phil filip felipe philippe
rachel rae raquel
raymond ray
rebecca becky becca
richard rick dick rich ricardo riccardo ricky
robert bob rob bobby robbie roberto bert
ronald ron ronnie
samuel sam sammy
samantha sam
sarah sara sally
stephen steven steve stefan stefano esteban stephane stephan istvan
stephanie steph stefanie stefania
susan sue susie suzanne susanne susanna
theodore theo ted teddy theodor
thomas tom tommy tomas tommaso tomasz
timothy tim
victoria vicky tori viktoria
victor vic viktor
vincent vince vincenzo vinny
virginia ginny
walter walt wally
william bill will billy liam wilhelm guillermo guillaume willi guglielmo
zachary zach zack
mohammed mohammad muhammad mohamed mohamad mehmet mahmud
dmitry dmitri dima dimitri dimitrios dimitris
sergey sergei serge sergio
natalia natalya natasha nathalie
olga olya
tatiana tanya
vladimir vova volodymyr
ekaterina katya yekaterina
jorg joerg
gunther gunter
kristof krzysztof krzys
agnieszka aga
malgorzata gosia
wojciech wojtek
guadalupe lupe
ignacio nacho
rosario charo
dolores lola
concepcion concha conchita
beatrice beatriz beatrix bea
eleanor ellie nora leonor eleonora eleonore
helen helena elena helene ellen eleni
caroline carolina karolina carol
charlotte carlotta lotte
sofia sophie sophia zofia
abigail abby gail
amanda mandy
cynthia cindy
gwendolyn gwen
jacqueline jackie
katelyn caitlin
kristin kristen kirsten
maximilian max
sebastian seb bastian
tobias toby tobi
ulrich uli
wolfgang wolf
johanna hanna joanna jana
"""


@cache
def _roots() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _NAMES.split("\n"):
        names = [plain(name) for name in line.split()]
        for name in names:
            found.setdefault(name, names[0])
    return found


def root(name: str) -> str:
    """Return the name that a (plain) given name stands for; itself where it is none known."""
    return _roots().get(name, name)
