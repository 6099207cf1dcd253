"""Hubei (湖北): the province's subsidised vocational training, 2019 to 2021.

Per scheme three sibling files: rules (``.py``), figures and dates (``.parameters.yaml``), cases
(``.cases.yaml``). What several schemes share stands in ``shared``. ``documents.yaml`` lists the
documents and the paragraphs that all of it cites; ``clauses`` says what each of these says, whom it
concerns and what carries it.
"""

NAME = "hubei"
TITLE = "湖北省职业技能提升行动补贴政策"

#: The schemes' files, in the order of the catalogue.
SCHEMES = (
    "pre_job",
    "on_the_job",
    "work_training",
    "competition",
    "apprenticeship",
    "technician",
    "skill_upgrade",
    "online",
    "free_training",
    "living_allowance",
    "graduates",
    "entrepreneurship",
    "students",
    "veterans",
    "programmes",
)
