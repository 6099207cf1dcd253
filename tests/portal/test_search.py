"""The search over everything finds what is within reach, and no address tells what was sought."""

import pytest

from jineng.people.models import Organisation, Person, Role, User
from jineng.people.names import organisation_key, organisation_tokens, person_key, person_tokens
from jineng.people.roles import Kind
from tests.access.world import World, identity_number, signed_in
from tests.portal.batches import handed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    """Two districts with their names in the index."""
    for person in Person.objects.all():
        Person.objects.filter(pk=person.pk).update(
            name_key=person_key(person.name), name_tokens=person_tokens(person.name)
        )
    for one in Organisation.objects.all():
        Organisation.objects.filter(pk=one.pk).update(
            name_key=organisation_key(one.name), name_tokens=organisation_tokens(one.name)
        )
    return world


def sought(user: User, text: str) -> tuple[str, str]:
    """The address that a search leads to, and the page there."""
    client = signed_in(user)
    answer = client.post("/search/", {"text": text})
    assert answer.status_code == 302
    address = answer.headers["Location"]
    page = client.get(address)
    assert page.status_code == 200
    return address, page.content.decode()


def test_a_person_is_found_by_number_within_reach_alone(world: World) -> None:
    number = identity_number(world.home.region, world.home.person.birth_date)
    link = f'href="/persons/{world.home.person.pk}/"'
    address, page = sought(world.home.users[Role.ACCEPTOR], number)
    assert number not in address
    assert link in page
    # What the form says again is one's own; elsewhere the number is veiled.
    assert page.count(number) == 1
    assert number[:4] + "*" * 12 + number[-2:] in page
    for district, role in ((world.elsewhere, Role.ACCEPTOR), (world.home, Role.STATISTICIAN)):
        _address, page = sought(district.users[role], number)
        assert link not in page
        assert "没有找到" in page


def test_schemes_are_found_by_all_and_drafts_within_reach(world: World) -> None:
    for text in ("岗前", "pre"):
        _address, page = sought(world.home.users[Role.ENTERPRISE_HR], text)
        assert 'href="/policy/schemes/PRE/"' in page
    draft = f'href="/drafts/{world.things["draft"]}/"'
    assert draft in sought(world.home.users[Role.POLICY_ADMIN], "Trial")[1]
    assert draft not in sought(world.elsewhere.users[Role.POLICY_ADMIN], "Trial")[1]
    assert draft not in sought(world.home.users[Role.ACCEPTOR], "Trial")[1]


@pytest.mark.parametrize("text", ["王芳", "wangfang", "wf"])
def test_a_person_is_found_by_name_and_pinyin(world: World, text: str) -> None:
    address, page = sought(world.home.users[Role.ACCEPTOR], text)
    assert f'href="/persons/{world.home.person.pk}/"' in page
    assert f'href="/persons/{world.elsewhere.person.pk}/"' not in page
    assert "%E7%8E%8B" not in address
    assert "wangfang" not in address


def test_an_organisation_is_found_by_name_and_code(world: World) -> None:
    firm = world.home.bodies[Kind.ENTERPRISE]
    link = f'href="/organisations/{firm.pk}/"'
    for text in (firm.credit_code, firm.name, "企业"):
        assert link in sought(world.home.users[Role.ACCEPTOR], text)[1], text
    assert link in sought(world.home.users[Role.ENTERPRISE_HR], "企业")[1]
    assert link not in sought(world.elsewhere.users[Role.ENTERPRISE_HR], "企业")[1]


def test_a_batch_is_found_by_whoever_handed_it_in(world: World) -> None:
    user = world.home.users[Role.FIRST_REVIEWER]
    batch = handed_in(user, "十月申领表.xlsx")
    link = f'href="/batches/{batch.pk}/"'
    assert link in sought(user, "申领表")[1]
    assert link not in sought(world.home.users[Role.SECOND_REVIEWER], "申领表")[1]


def test_a_page_is_found_by_its_title(world: World) -> None:
    assert 'href="/imports/"' in sought(world.home.users[Role.ACCEPTOR], "导入")[1]
    assert (
        'class="work-title" href="/imports/"'
        not in sought(world.home.users[Role.APPROVER], "导入")[1]
    )


def test_more_than_a_few_are_in_their_list(world: World) -> None:
    for at in range(9):
        Organisation.objects.create(
            credit_code=f"91420106MA{at:08d}",
            name=f"东湖{at}号纺织厂",
            region=world.home.bodies[Kind.ENTERPRISE].region,
            name_key=organisation_key(f"东湖{at}号纺织厂"),
            name_tokens=organisation_tokens(f"东湖{at}号纺织厂"),
        )
    user = world.home.users[Role.ACCEPTOR]
    _address, page = sought(user, "东湖")
    assert page.count("号纺织厂") == 8
    more = page.split('class="card-actions" href="')[1].split('"')[0].replace("&amp;", "&")
    listed = signed_in(user).get(more).content.decode()
    assert listed.count("号纺织厂") >= 9
    assert "王芳" not in listed


def test_nothing_and_nonsense_are_borne(world: World) -> None:
    client = signed_in(world.home.users[Role.ACCEPTOR])
    assert client.post("/search/", {"text": "  "}).headers["Location"] == "/search/"
    for address in ("/search/", "/search/?for=x", "/search/?for=%00", "/search/?for=" + "A" * 9999):
        page = client.get(address)
        assert page.status_code == 200
        assert "没有找到" not in page.content.decode()
    assert "没有找到" in sought(world.home.users[Role.ACCEPTOR], "查无此人')--")[1]
