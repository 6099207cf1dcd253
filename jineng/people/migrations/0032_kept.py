"""What imports brought stays: it is the history of insurance and employment records.

The application adds to it, says which run superseded a record, and ends a run, each once.
"""

from django.db import migrations

from jineng.core.events import ReadOnly

STAYS = """
CREATE FUNCTION people_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is history', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON people_importrun
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION people_stays();
CREATE TRIGGER stays BEFORE UPDATE ON people_insurancespell FOR EACH ROW
    WHEN (OLD.superseded_by_id IS NOT NULL) EXECUTE FUNCTION people_stays();
CREATE TRIGGER stays BEFORE UPDATE ON people_employmentspell FOR EACH ROW
    -- Whose it is follows from merges.
    WHEN (OLD.superseded_by_id IS DISTINCT FROM NEW.superseded_by_id
        AND OLD.superseded_by_id IS NOT NULL)
    EXECUTE FUNCTION people_stays();
"""
GOES = """
DROP TRIGGER stays ON people_employmentspell;
DROP TRIGGER stays ON people_insurancespell;
DROP TRIGGER stays ON people_importrun;
DROP FUNCTION people_stays();
"""

OUTCOME = "state, finished_at, added, changed, unchanged, refused, problems_found, told"


class Migration(migrations.Migration):
    dependencies = [("people", "0031_text_codes"), ("core", "0002_event_log")]

    operations = [
        migrations.RunSQL(STAYS, GOES),
        ReadOnly("people_importrun", but=["INSERT", f"UPDATE ({OUTCOME})"]),
        ReadOnly("people_importproblem", but=["INSERT"]),
        ReadOnly("people_insurancespell", but=["INSERT", "UPDATE (superseded_by_id)"]),
        ReadOnly("people_employmentspell", but=["INSERT", "UPDATE (person_id, superseded_by_id)"]),
    ]
