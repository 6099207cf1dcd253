"""The clauses that each scheme's conditions and its amount rest on."""

from __future__ import annotations

from vocabulary import BY_OCCUPATION, CONDITIONS, PLANNED, PROJECTS, SCHEMES, words

AMOUNT = "amount"
_ALL = " ".join(SCHEMES)
_ONE_SCHEME = f"PRE POST COMP APPR TECH {PROJECTS}"

# Conditions, the schemes that ask them, and the clauses they have there.
_CITED = (
    ("in-force", "PRE POST COMP SPEC", "D6 结尾"),
    ("in-force", "APPR TECH FREE LIVE GRAD ENTR", "D7 标题"),
    ("in-force", "SKIL", "D2 文号"),
    ("in-force", "STUD VETE", "D8 文号"),
    ("plan-filed", PLANNED, "D6 一(三)1;A3 一"),
    ("platform-licensed", PLANNED, "A3 二"),
    ("platform-accredited", PLANNED, "D6 二(二)"),
    ("institution-listed", PROJECTS, "D7 三(三);D7 五(二)"),
    ("not-blacklisted", _ALL, "D7 四(四)"),
    ("no-repeat", _ALL, "D7 四(二);D6 一(三)4"),
    ("one-claim", _ONE_SCHEME, "D8 六3"),
    ("one-claim", "SKIL ONLN", "D8 六3;D1 二"),
    ("annual-cap", f"PRE WORK COMP APPR ONLN {BY_OCCUPATION}", "D6 一(三)4;D7 四(二)"),
    ("new-hire contract-term within-first-year min-hours", "PRE", "D6 一(二)1"),
    ("insured-3-months still-employed amount", "PRE", "D6 一(二)1"),
    ("min-hours pillar-or-key amount", "POST", "D6 一(二)2"),
    ("employee", "POST", "D6 一(二)2;D6 三(三)"),
    ("passed", "PRE POST", "D6 六(一);D6 一(三)2"),
    ("passed", "APPR", "D7 四(一);D6 六(二)"),
    ("passed", "SPEC", "D6 四;D6 六(一)"),
    ("work-ground", "WORK", "D6 一(二)3;D6 三(二);D7 四(一)"),
    ("accepted-by max-6-months amount", "WORK", "D6 一(二)3;D7 四(一)"),
    ("wage-paid", "WORK", "D6 一(三)3"),
    ("finalist competition-planned main-business amount", "COMP", "D6 一(二)4"),
    ("apprentice-agreement", "APPR", "D7 四(一)"),
    ("amount", "APPR", "D7 四(一);D6 一(二)5"),
    ("level amount", "TECH", "D7 四(一)"),
    ("certified", "TECH", "D7 四(一);D6 六(二)"),
    ("insured-12-months", "SKIL ONLN", "D1 一"),
    ("level", "SKIL", "D1 二;D1 二(一)"),
    ("certified", "SKIL", "D1 二(一)"),
    ("certificate-age", "SKIL", "R40 申领期限"),
    ("amount", "SKIL", "D1 二(一);D2 文号"),
    ("in-training-mode", "ONLN", "D1 二(二)"),
    ("certified", "ONLN", "D1 二(二);D6 六(二)"),
    ("epidemic-period", "ONLN", "D1 二(二);D3 文号;D6 结尾"),
    ("amount", "ONLN", "D1 二;D1 二(二)"),
    ("key-group", "FREE GRAD", "D7 四(一)"),
    ("key-group", "LIVE", "D7 四(一);D7 二(二)"),
    ("key-group", "ENTR", "D7 二(二);D7 四(一)"),
    ("own-region", "FREE GRAD ENTR", "D7 四(二)"),
    ("certified-any", "FREE GRAD ENTR", "D7 四(二);D6 六(二)"),
    ("amount", "FREE GRAD LIVE", "D7 四(一);D7 四(二)"),
    ("amount", "ENTR", "D6 七(一);D7 二(二)"),
    ("project-approved", "STUD VETE", "D8 三"),
    ("student passed certified amount", "STUD", "D8 五(一)1"),
    ("veteran project-designated amount", "VETE", "D8 五(一)2"),
    ("amount", "SPEC", "D6 四"),
)

GROUNDS = [*CONDITIONS, AMOUNT]
_CLAUSES = {
    (condition, scheme): clauses.split(";")
    for conditions, schemes, clauses in _CITED
    for condition in words(conditions)
    for scheme in words(schemes)
}


def basis(scheme: str, grounds: list[str]) -> str:
    """The clauses of some of a scheme's GROUNDS, in their order, each once."""
    cited = (clause for ground in grounds for clause in _CLAUSES.get((ground, scheme), []))
    return ";".join(dict.fromkeys(cited))
