"""What labels of markers on skin or joint centres mean, and which of them bones are drawn between.

Every school has its own: Vicon's Plug-in Gait ("LASI"), CMU's 41 ("LFWT"), Helen Hayes and OpenSim ("R.Knee.Lat"), the
ISB-like ones of CAST and IOR ("R_FLE"), OpenCap ("r_mknee_study"), joint centres of pose estimators ("RBigToe"). A
label is its side and a place; a table gives each place the names that it goes by, another the chains of places that are
drawn. A place that is not there is passed over, so that one table serves them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from poseviewer.motion.names import mirror_of
from poseviewer.motion.skeleton import Edge, Skeleton

_MIDDLE = {
    "top": "tophead headtop hedtop headt head htop",
    "front": "fronthead headfront forehead",
    "rear": "rearhead backhead headrear",
    "nose": "nose",
    "neck": "neck",
    "c7": "c7 cv7 spinetop backtop",
    "t10": "t10 tv10 t8 tv8 t11",
    "clav": "clav clv clavicle sjn ij jn sup chest",
    "strn": "strn sternum stern ster sxs xiph px xyphoid",
    "sacr": "sacr sacral vsacral sacrum sac",
    "pelvis": "midhip chip hip hipcentre hipcenter pelvis root hips",
}
_SIDED = {
    "fhd": "fhd temple tmp head",
    "bhd": "bhd",
    "eye": "eye",
    "ear": "ear",
    "sho": "sho shoulder should shouldertop acromium acromion acr sae shoulderlat ac sjc",
    "upa": "upa bicep biceps upperarm arm uarm uarmhigh",
    "elb": "elb elbow elbowout elbowlat latelbow elbowlateral lelbow hle lel ejc",
    "elm": "elbowmed medelbow elbowmedial melbow hme melb elbm",
    "frm": "frm forearm frma",
    "wra": "wra wri wrist wristin wristmed mwrist rsp wjc wristrad",
    "wrb": "wrb wristout wristlat lwrist usp wristuln",
    "fin": "fin hand handout finger hm2",
    "thm": "thm thmb thumb",
    "asi": "asi asis fwt ias waistfront",
    "psi": "psi psis bwt ips waistback",
    "hip": "hip hjc gt ftc gtro troch",
    "thi": "thi thigh thighfront thi1 thigh1",
    "thu": "thighupper",
    "thr": "thighrear",
    "kne": "kne knee kneeout knee1 kneelat kneelateral latknee fle lek kjc",
    "knm": "knee2 kneein kneemed kneemedial medknee mknee mkne knem fme",
    "tib": "tib shn shin shinfront bar1 shank shankfront tib1 shank1 sh1",
    "shu": "shankupper",
    "shr": "shankrear",
    "ank": "ank ankle ankleout mall anklelat anklelateral latankle fal lm ajc",
    "anm": "anklemed anklemedial medankle mankle mank ankm tam mm",
    "hee": "hee hel heel heelback calc fcc",
    "mid": "midfootsup",
    "mil": "midfootlat",
    "toe": "toe toeout met forefootout toetip bigtoe fm2 mt2 met2 hallux",
    "mt1": "mt1 fm1 met1 toemed 1meta",
    "mt5": "mt5 fm5 met5 toelat 5meta smalltoe vmt",
}
# s is replaced by either side; of what stands between strokes the first that is there
_CHAINS = (
    *("sfhd sbhd", "lfhd rfhd", "lbhd rbhd", "lfhd front rfhd", "top lfhd", "top rfhd", "front top rear", "rear c7"),
    *("nose seye sear", "nose neck", "neck top", "sbhd c7", "sfhd clav/strn"),
    *("neck ssho", "clav/strn ssho", "c7 ssho", "c7 t10 sacr", "c7 clav strn", "strn t10", "t10 spsi", "neck pelvis"),
    *("ssho supa selb sfrm swra sfin", "selb swrb sfin", "swra swrb", "selb selm", "swra sthm"),
    *("lasi rasi", "sasi spsi", "lpsi rpsi", "lpsi sacr rpsi", "sasi sacr", "pelvis ship", "lsho lasi", "rsho rasi"),
    *("sasi ship sthi skne stib sank shee", "sthi sthu sthr sthi", "stib sshu sshr stib", "skne sknm", "sank sanm"),
    *("sank smid stoe", "shee stoe", "stoe smt5", "stoe smt1", "shee smil smt5"),
)
_TRUNK = frozenset(("pelvis", "sacr", "c7", "lasi", "rasi", "lpsi", "rpsi"))
_BARE = ("lhip rhip", "ssho ship", "neck/lsho rsho")
"""What is drawn between joints of pose estimators where no marker is on the trunk."""
_SETS = (  # a name, and labels that no other has
    ("CMU's markers", {"LFWT", "RFWT", "LBWT"}),
    ("Plug-in Gait", {"LASI", "RASI", "LKNE"}),
    ("OpenCap", {"r.ASIS_study", "r_knee_study"}),
    ("OpenSim", {"R.ASIS", "L.ASIS", "V.Sacral"}),
    ("CAST or IOR", {"R_IAS", "L_IAS", "R_FLE"}),
    ("Motive or Qualisys", {"WaistLFront", "WaistRFront"}),
    ("BTS", {"r asis", "l asis", "r knee 1"}),
    ("pose estimation", {"RHip", "LHip", "RKnee"}),
)
FEWEST = 8
"""Labels that must be understood: fewer may be a coincidence, or an object."""

_IN_THE_MIDDLE = {name: place for place, names in _MIDDLE.items() for name in names.split()}
_AT_A_SIDE = {name: place for place, names in _SIDED.items() for name in names.split()}
_INSIDE = re.compile(r"(waist)(l|r)(front|back)")
_BEFORE = re.compile(r"(left|right|l|r)(.+)")
_BEHIND = re.compile(r"(.+)[ ._-]+(left|right|l|r)|(.+)(left|right)")


def place_of(label: str) -> str:
    """The side and the place that a label means: "LASI" and "L.ASIS" are "lasi", "C7" is "c7"; "" where it is none."""
    label = label.split(":")[-1].lower().removesuffix("_study")
    bare = re.sub(r"[^a-z0-9]", "", label)
    if bare in _IN_THE_MIDDLE:
        return _IN_THE_MIDDLE[bare]
    bare = _INSIDE.sub(r"\2\1\3", bare)
    before, behind = _BEFORE.fullmatch(bare), _BEHIND.fullmatch(label)
    if before and before[2] in _AT_A_SIDE:
        return before[1][0] + _AT_A_SIDE[before[2]]
    if before and bare[1:] in _AT_A_SIDE:  # "left..." may be "l" and a word
        return bare[0] + _AT_A_SIDE[bare[1:]]
    if behind:
        rest, side = re.sub(r"[^a-z0-9]", "", behind[1] or behind[3]), (behind[2] or behind[4])[0]
        return side + _AT_A_SIDE[rest] if rest in _AT_A_SIDE else ""
    return ""


def set_of(labels: Sequence[str]) -> tuple[Skeleton, str]:
    """Markers with the bones that their labels tell, and that in words; none where the labels are not known."""
    joints = tuple(labels)
    understood: dict[str, int] = {}
    for j, label in enumerate(labels):
        place = place_of(label)
        if place:
            understood.setdefault(place, j)
    bare = {label.split(":")[-1] for label in labels}
    name = next((name for name, marks in _SETS if len(marks & bare) == len(marks)), "")
    if len(understood) < FEWEST:
        edges: tuple[Edge, ...] = ()
        words = f"{len(labels)} markers, without bones, because their labels are of no set that is known"
    else:
        edges = tuple(dict.fromkeys(_edges(understood)))
        words = f"{len(labels)} markers, bones between those of {name or 'known labels'}"
    return Skeleton(f"{len(labels)} markers", joints, None, edges, mirror_of(joints)), words


def _edges(understood: dict[str, int]) -> Iterator[Edge]:
    for chain in _CHAINS if _TRUNK & set(understood) else (*_CHAINS, *_BARE):
        for side in ("l", "r"):
            links = [[_at(place, side) for place in link.split("/")] for link in chain.split()]
            found = [next((place for place in link if place in understood), "") for link in links]
            there = [understood[place] for place in found if place]
            yield from ((a, b) for a, b in pairwise(there) if a != b)


def _at(place: str, side: str) -> str:
    return side + place[1:] if place[0] == "s" and place[1:] in _SIDED else place
