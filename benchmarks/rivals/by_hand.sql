-- The Hubei subsidy decisions as one would write them by hand for DuckDB.
-- by_hand.py runs its steps in order, and the step "round" as long as anybody is unsettled.
-- Facts are read from the view `claims`, the pack's hash from the variable `release`; decisions are
-- left in the view `decided`.

-- step: judge
-- Names a condition that answers as the whole claim does: one that fails where the claim fails, one
-- that is not known where nothing fails.
CREATE MACRO named(answer, code) AS
    CASE WHEN answer IS NOT DISTINCT FROM holds THEN code || ';' END;
CREATE MACRO empty(fact, name) AS CASE WHEN fact IS NULL THEN name || ';' END;

CREATE TEMP TABLE judged AS
WITH conditions AS (
    SELECT *,
        applied_on BETWEEN DATE '2019-07-26' AND DATE '2021-12-31' AS in_d7,
        CASE WHEN scheme IN ('WORK', 'ONLN') THEN true
            WHEN scheme IN ('PRE', 'POST', 'COMP', 'SPEC')
                THEN applied_on BETWEEN DATE '2020-06-01' AND DATE '2021-12-31'
            WHEN scheme IN ('SKIL', 'STUD', 'VETE') THEN applied_on >= DATE '2020-01-01'
            ELSE in_d7 END AS in_force,
        applied_on BETWEEN DATE '2020-06-01' AND DATE '2020-12-31' AS in_epidemic,
        contains('FREE GRAD ENTR STUD VETE SPEC', scheme) AS project,
        project OR scheme IN ('POST', 'TECH', 'SKIL') AS by_occupation,
        blacklisted IS NOT TRUE AS clean,
        CASE WHEN scheme = 'WORK' THEN employer_id IS NOT NULL AND service_month IS NOT NULL
            ELSE training_id IS NOT NULL AND CASE
                WHEN scheme IN ('PRE', 'ONLN') THEN employer_id IS NOT NULL
                WHEN scheme = 'COMP' THEN competition_id IS NOT NULL
                WHEN scheme = 'APPR' THEN apprenticeship_year IS NOT NULL
                WHEN by_occupation THEN occupation IS NOT NULL AND level IS NOT NULL
                ELSE true END
        END OR NULL AS keyed,
        plan_filed_on <= training_start AS planned,
        training_mode = 'offline' OR platform_licensed AS licensed,
        training_mode = 'offline' OR platform_accredited AS accredited,
        hours >= 20 AS min_hours,
        unemployment_insurance_months >= 12 AS insured_12,
        certificate_no IS NOT NULL AND certificate_issued_on IS NOT NULL OR NULL AS papers,
        papers AND CASE
            WHEN scheme = 'STUD' THEN certificate_type = 'skill_level'
            WHEN project THEN certificate_type IS NOT NULL OR NULL
            WHEN scheme = 'SKIL'
                THEN certificate_type IN ('qualification', 'skill_level') AND certificate_verified
            ELSE certificate_type IN ('qualification', 'skill_level')
        END AS certified,
        CASE scheme
            WHEN 'POST' THEN employed_at_training
                OR town_months >= 6 AND contains(person_groups, 'rural_migrant_worker')
            WHEN 'FREE' THEN regexp_matches(person_groups, 'poor_family_child|poor_labourer'
                '|school_leaver|rural_migrant_worker|laid_off|registered_unemployed'
                '|transferred_worker|veteran|disabled')
            WHEN 'LIVE' THEN regexp_matches(person_groups, 'poor_labourer|hard_to_employ|disabled'
                '|zero_employment_family|school_leaver_rural|school_leaver_low_income')
            WHEN 'GRAD' THEN contains(person_groups, 'recent_graduate')
            WHEN 'ENTR' THEN regexp_matches(person_groups, 'poor_family_child|poor_labourer'
                '|school_leaver|rural_migrant_worker|laid_off|registered_unemployed'
                '|transferred_worker|veteran|disabled|recent_graduate')
            WHEN 'STUD' THEN contains(person_groups, 'student')
            WHEN 'VETE' THEN contains(person_groups, 'veteran')
        END AS person_fits,
        -- PRE: a contract of 29 February lasts until 1 March.
        CASE WHEN scheme = 'PRE' THEN training_start >= contract_signed_on
            AND training_start < contract_signed_on + INTERVAL 1 YEAR + to_days((
            day(contract_signed_on) = 29 AND month(contract_signed_on) = 2)::INTEGER)
        END AS first_year,
        CASE WHEN scheme = 'PRE' THEN contract_months = 'open'
            OR TRY_CAST(contract_months AS INTEGER) >= 12 END AS one_year,
        competition_level = 'enterprise' OR competition_planned AS in_plan,
        competition_level <> 'enterprise' OR competition_main_business AS on_business,
        CASE WHEN scheme = 'SKIL' THEN certificate_issued_on <= applied_on
            AND applied_on <= certificate_issued_on + INTERVAL 12 MONTH END AS recent,
        training_start >= DATE '2020-01-01' AND training_end <= DATE '2020-12-31' AS epidemic,
        CASE WHEN scheme = 'WORK' THEN
            enterprise_size <> 'large' AND hire_status = 'new' AND regexp_matches(person_groups,
                'hard_to_employ|disabled|zero_employment_family|recent_graduate'
                '|registered_unemployed')
            OR enterprise_size <> 'large' AND enterprise_suspended
            OR enterprise_industry <> 'other'
            OR hire_status IN ('new', 'waiting') AND contains(person_groups, 'rural_migrant_worker')
        END AS ground_ad,
        CASE WHEN scheme = 'WORK' THEN
            hire_status = 'new' AND contains(person_groups, 'poor_labourer')
            OR enterprise_insured AND hire_status = 'new' AND regexp_matches(person_groups,
                'hard_to_employ|disabled|zero_employment_family')
        END AS ground_ef
    FROM claims
),
in_terms AS (
    SELECT *, ground_ad OR ground_ef AS ground, CASE
            WHEN (ground_ad OR ground_ef) IS FALSE OR in_epidemic THEN true
            WHEN NOT in_d7 OR ground_ef IS FALSE THEN false
            WHEN ground_ef OR ground_ad IS FALSE THEN true
        END AS in_term
    FROM conditions
),
held AS (
    SELECT *,
        in_force AND clean AND keyed AND CASE scheme
            WHEN 'PRE' THEN planned AND licensed AND accredited AND hire_status = 'new'
                AND one_year AND first_year AND min_hours AND social_insurance_months >= 3
                AND still_employed AND passed
            WHEN 'POST' THEN planned AND licensed AND accredited AND min_hours AND passed
                AND pillar_or_key AND person_fits
            WHEN 'WORK' THEN ground AND in_term AND wage_paid
            WHEN 'COMP' THEN finalist AND in_plan AND on_business
            WHEN 'APPR' THEN planned AND licensed AND accredited AND apprentice_agreement AND passed
            WHEN 'TECH' THEN planned AND licensed AND accredited AND level <= '3' AND certified
            WHEN 'SKIL' THEN insured_12 AND level >= '3' AND certified AND recent
            WHEN 'ONLN' THEN planned AND licensed AND accredited
                AND training_mode <> 'offline' AND insured_12 AND certified AND epidemic
            WHEN 'LIVE' THEN person_fits
            ELSE planned AND licensed AND accredited AND institution_listed AND CASE scheme
                WHEN 'STUD' THEN project_approved AND person_fits AND passed AND certified
                WHEN 'VETE' THEN project_approved AND person_fits AND project_designated
                WHEN 'SPEC' THEN passed
                ELSE person_fits AND trained_in_own_region AND certified
            END
        END AS holds,
        CASE scheme
            WHEN 'PRE' THEN 500
            WHEN 'POST' THEN 300
            WHEN 'WORK' THEN CASE WHEN in_epidemic AND ground_ad THEN 500 END
            WHEN 'COMP' THEN CASE competition_level WHEN 'county' THEN 500 WHEN 'city' THEN 1000
                WHEN 'province' THEN 2000 WHEN 'nation' THEN 3000 WHEN 'enterprise' THEN 500 END
            WHEN 'APPR' THEN 4000
            WHEN 'TECH' THEN CASE level WHEN '1' THEN 5000 WHEN '2' THEN 3500 WHEN '3' THEN 2000 END
            WHEN 'SKIL' THEN CASE level WHEN '3' THEN 2000 WHEN '4' THEN 1500 END
            WHEN 'ONLN' THEN 1000
            WHEN 'VETE' THEN fee_yuan
        END::DECIMAL(12, 2) AS due
    FROM in_terms
)
SELECT line, claim_id, scheme, project, due, holds, holds AND due IS NOT NULL AS live,
    -- What the outcome rests on: nothing named means on everything, and that the claim is eligible.
    CASE WHEN live THEN '' WHEN holds THEN 'amount' ELSE rtrim(concat(
        named(in_force, 'in-force'),
        CASE WHEN scheme NOT IN ('WORK', 'COMP', 'SKIL', 'LIVE') THEN concat(
            named(planned, 'plan-filed'), named(licensed, 'platform-licensed'),
            named(accredited, 'platform-accredited')) END,
        CASE WHEN project THEN named(institution_listed, 'institution-listed') END,
        named(clean, 'not-blacklisted'), named(keyed, 'no-repeat'),
        CASE scheme
            WHEN 'PRE' THEN concat(named(hire_status = 'new', 'new-hire'),
                named(one_year, 'contract-term'), named(first_year, 'within-first-year'),
                named(min_hours, 'min-hours'),
                named(social_insurance_months >= 3, 'insured-3-months'),
                named(still_employed, 'still-employed'), named(passed, 'passed'))
            WHEN 'POST' THEN concat(named(min_hours, 'min-hours'), named(passed, 'passed'),
                named(pillar_or_key, 'pillar-or-key'), named(person_fits, 'employee'))
            WHEN 'WORK' THEN concat(named(ground, 'work-ground'),
                named(in_term, 'accepted-by'), named(wage_paid, 'wage-paid'))
            WHEN 'COMP' THEN concat(named(finalist, 'finalist'),
                named(in_plan, 'competition-planned'), named(on_business, 'main-business'))
            WHEN 'APPR' THEN concat(named(apprentice_agreement, 'apprentice-agreement'),
                named(passed, 'passed'))
            WHEN 'TECH' THEN concat(named(level <= '3', 'level'), named(certified, 'certified'))
            WHEN 'SKIL' THEN concat(named(insured_12, 'insured-12-months'),
                named(level >= '3', 'level'), named(certified, 'certified'),
                named(recent, 'certificate-age'))
            WHEN 'ONLN' THEN concat(named(training_mode <> 'offline', 'in-training-mode'),
                named(insured_12, 'insured-12-months'), named(certified, 'certified'),
                named(epidemic, 'epidemic-period'))
            WHEN 'STUD' THEN concat(named(project_approved, 'project-approved'),
                named(person_fits, 'student'), named(passed, 'passed'),
                named(certified, 'certified'))
            WHEN 'VETE' THEN concat(named(project_approved, 'project-approved'),
                named(person_fits, 'veteran'), named(project_designated, 'project-designated'))
            WHEN 'SPEC' THEN named(passed, 'passed')
            WHEN 'LIVE' THEN named(person_fits, 'key-group')
            ELSE concat(named(person_fits, 'key-group'),
                named(trained_in_own_region, 'own-region'), named(certified, 'certified-any'))
        END,
        CASE WHEN holds IS NULL AND due IS NULL THEN 'amount' END), ';') END AS grounds,
    -- Nothing fails here, so a fact that is empty is missing unless an "or" is already settled.
    CASE WHEN holds IS NULL OR holds AND due IS NULL THEN coalesce(nullif(rtrim(concat(
        CASE WHEN scheme IN ('PRE', 'WORK', 'ONLN') THEN empty(employer_id, 'employer_id') END,
        CASE WHEN scheme <> 'WORK' THEN empty(training_id, 'training_id') END,
        CASE WHEN by_occupation
            THEN concat(empty(occupation, 'occupation'), empty(level, 'level')) END,
        CASE WHEN scheme NOT IN ('WORK', 'COMP', 'SKIL', 'LIVE') THEN concat(
            CASE WHEN scheme = 'ONLN' OR licensed IS NULL OR accredited IS NULL
                THEN empty(training_mode, 'training_mode') END,
            CASE WHEN licensed IS NULL THEN empty(platform_licensed, 'platform_licensed') END,
            CASE WHEN accredited IS NULL THEN empty(platform_accredited, 'platform_accredited') END
        ) END,
        CASE WHEN project THEN empty(institution_listed, 'institution_listed') END,
        CASE WHEN scheme IN ('STUD', 'VETE') THEN empty(project_approved, 'project_approved') END,
        CASE WHEN scheme = 'VETE' THEN empty(project_designated, 'project_designated') END,
        CASE WHEN scheme IN ('FREE', 'GRAD', 'ENTR')
            THEN empty(trained_in_own_region, 'trained_in_own_region') END,
        CASE WHEN scheme IN ('PRE', 'POST') THEN empty(hours, 'hours') END,
        CASE WHEN scheme NOT IN ('WORK', 'COMP', 'SKIL', 'LIVE') THEN concat(
            empty(training_start, 'training_start'),
            CASE WHEN scheme = 'ONLN' THEN empty(training_end, 'training_end') END,
            empty(plan_filed_on, 'plan_filed_on')) END,
        CASE WHEN scheme IN ('PRE', 'POST', 'APPR') OR scheme IN ('STUD', 'SPEC')
            THEN empty(passed, 'passed') END,
        CASE WHEN contains('TECH SKIL ONLN FREE GRAD ENTR STUD', scheme)
            THEN concat(empty(certificate_type, 'certificate_type'),
                empty(certificate_no, 'certificate_no'),
                empty(certificate_issued_on, 'certificate_issued_on')) END,
        CASE scheme
            WHEN 'PRE' THEN concat(empty(contract_signed_on, 'contract_signed_on'),
                empty(contract_months, 'contract_months'), empty(hire_status, 'hire_status'),
                empty(social_insurance_months, 'social_insurance_months'),
                empty(still_employed, 'still_employed'))
            WHEN 'POST' THEN concat(
                CASE WHEN person_fits IS NULL THEN concat(
                    empty(employed_at_training, 'employed_at_training'),
                    empty(town_months, 'town_months')) END,
                empty(pillar_or_key, 'pillar_or_key'),
                CASE WHEN person_fits IS NULL THEN empty(person_groups, 'person_groups') END)
            WHEN 'WORK' THEN concat(
                CASE WHEN ground IS NULL OR in_term IS NULL
                    OR in_epidemic AND ground_ad IS NULL THEN concat(
                    empty(hire_status, 'hire_status'), empty(enterprise_size, 'enterprise_size'),
                    empty(enterprise_industry, 'enterprise_industry'),
                    empty(enterprise_suspended, 'enterprise_suspended'),
                    CASE WHEN ground IS NULL OR in_term IS NULL
                        THEN empty(enterprise_insured, 'enterprise_insured') END,
                    empty(person_groups, 'person_groups')) END,
                empty(service_month, 'service_month'), empty(wage_paid, 'wage_paid'))
            WHEN 'COMP' THEN concat(empty(competition_id, 'competition_id'),
                empty(competition_level, 'competition_level'),
                CASE WHEN in_plan IS NULL
                    THEN empty(competition_planned, 'competition_planned') END,
                CASE WHEN on_business IS NULL
                    THEN empty(competition_main_business, 'competition_main_business') END,
                empty(finalist, 'finalist'))
            WHEN 'APPR' THEN concat(empty(apprenticeship_year, 'apprenticeship_year'),
                empty(apprentice_agreement, 'apprentice_agreement'))
            WHEN 'TECH' THEN NULL
            WHEN 'SKIL' THEN concat(empty(certificate_verified, 'certificate_verified'),
                empty(unemployment_insurance_months, 'unemployment_insurance_months'))
            WHEN 'ONLN' THEN empty(unemployment_insurance_months, 'unemployment_insurance_months')
            WHEN 'LIVE' THEN concat(empty(person_groups, 'person_groups'),
                empty(days, 'days'))
            WHEN 'VETE' THEN concat(empty(person_groups, 'person_groups'),
                empty(fee_yuan, 'fee_yuan'))
            WHEN 'SPEC' THEN empty(programme, 'programme')
            ELSE empty(person_groups, 'person_groups')
        END), ';'), ''), 'standard-not-set') END AS missing,
    -- What a payment takes a place under.
    CASE WHEN live THEN person_id END AS person,
    CASE WHEN live THEN applied_on END AS applied_on,
    CASE WHEN live THEN cap_exempt IS TRUE END AS exempt,
    CASE WHEN live THEN CASE
        WHEN scheme IN ('PRE', 'ONLN') THEN employer_id WHEN scheme = 'WORK' THEN service_month
        WHEN scheme = 'COMP' THEN competition_id WHEN scheme = 'APPR' THEN apprenticeship_year::TEXT
        ELSE occupation END END AS own_key,
    CASE WHEN live AND scheme IN ('POST', 'TECH', 'SKIL', 'VETE') THEN level ELSE scheme
        END AS key_level,
    CASE WHEN live THEN CASE WHEN scheme = 'WORK' THEN employer_id ELSE training_id END
        END AS training
FROM held;

-- Of the schemes by occupation, VETE alone is paid without a regional standard: it stops and is
-- stopped by each of them. LIVE, whose standard is not set either, has no payment to look across.
CREATE TEMP TABLE standing AS
WITH several AS (
    SELECT person, min(line) AS number FROM judged WHERE live GROUP BY person HAVING count(*) > 1
)
SELECT line, number AS person, year(applied_on) AS year, exempt, own_key, key_level, training,
    row_number() OVER (PARTITION BY number ORDER BY applied_on, claim_id) AS turn,
    scheme = 'WORK' AS work,
    CASE scheme WHEN 'PRE' THEN 1 WHEN 'POST' THEN 2 WHEN 'WORK' THEN 4 WHEN 'COMP' THEN 8
        WHEN 'APPR' THEN 16 WHEN 'TECH' THEN 32 WHEN 'SKIL' THEN 64 WHEN 'ONLN' THEN 128
        ELSE 256 END AS bit,
    CASE scheme WHEN 'POST' THEN 258 WHEN 'TECH' THEN 288 WHEN 'SKIL' THEN 320 ELSE 511
        END AS repeats,
    CASE WHEN scheme IN ('SKIL', 'ONLN') THEN 511 - 64 - 128 ELSE 511 - bit END AS others,
    NULL::TEXT AS stop
FROM judged JOIN several USING (person);

-- step: round
-- Each claim is tried against those before it that stand as far as is known.
CREATE OR REPLACE TEMP TABLE tried AS
WITH seen AS (
    SELECT *,
        bit_or(bit) FILTER (stop IS NULL) OVER (PARTITION BY person, own_key, key_level
            ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS paid_key,
        bit_or(bit) FILTER (stop IS NULL) OVER training AS paid_training,
        count(*) FILTER (stop IS NULL) OVER training AS payments,
        max(year) FILTER (stop IS NULL) OVER training IS NOT DISTINCT FROM year AS counted
    FROM standing
    WINDOW training AS (PARTITION BY person, work, training
        ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
numbered AS (
    SELECT *, count(*) FILTER (stop IS NULL AND NOT counted) OVER (PARTITION BY person, year
        ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS trainings
    FROM seen
)
SELECT * EXCLUDE (paid_key, paid_training, payments, counted, trainings) REPLACE (CASE
        WHEN paid_key & repeats <> 0 THEN 'no-repeat'
        WHEN NOT work AND paid_training & others <> 0 THEN 'one-claim'
        WHEN work AND payments >= 6 THEN 'max-6-months'
        WHEN trainings >= 3 AND NOT counted AND NOT exempt THEN 'annual-cap'
    END AS stop), stop AS stop_before
FROM numbered;

CREATE OR REPLACE TEMP TABLE unsettled AS
SELECT DISTINCT person FROM tried WHERE stop IS DISTINCT FROM stop_before;

UPDATE judged SET grounds = tried.stop FROM tried
WHERE judged.line = tried.line AND tried.stop IS NOT NULL
    AND tried.person NOT IN (FROM unsettled);

CREATE OR REPLACE TEMP TABLE standing AS
SELECT * EXCLUDE stop_before FROM tried WHERE person IN (FROM unsettled);

-- step: decide
-- Clauses of the conditions and of the amounts, in the conditions' order.
CREATE TEMP TABLE cited AS
SELECT row_number() OVER () AS place, string_split(codes, ' ') AS codes,
    string_split(schemes, ' ') AS schemes, string_split(clauses, ';') AS clauses
FROM (VALUES
    ('in-force', 'PRE POST COMP SPEC', 'D6 结尾'),
    ('in-force', 'APPR TECH FREE LIVE GRAD ENTR', 'D7 标题'),
    ('in-force', 'SKIL', 'D2 文号'),
    ('in-force', 'STUD VETE', 'D8 文号'),
    ('plan-filed', 'PRE POST APPR TECH ONLN FREE GRAD ENTR STUD VETE SPEC', 'D6 一(三)1;A3 一'),
    ('platform-licensed', 'PRE POST APPR TECH ONLN FREE GRAD ENTR STUD VETE SPEC', 'A3 二'),
    ('platform-accredited', 'PRE POST APPR TECH ONLN FREE GRAD ENTR STUD VETE SPEC', 'D6 二(二)'),
    ('institution-listed', 'FREE GRAD ENTR STUD VETE SPEC', 'D7 三(三);D7 五(二)'),
    ('not-blacklisted', NULL, 'D7 四(四)'),
    ('no-repeat', NULL, 'D7 四(二);D6 一(三)4'),
    ('one-claim', 'PRE POST COMP APPR TECH FREE GRAD ENTR STUD VETE SPEC', 'D8 六3'),
    ('one-claim', 'SKIL ONLN', 'D8 六3;D1 二'),
    ('annual-cap', 'PRE POST WORK COMP APPR TECH SKIL ONLN FREE GRAD ENTR STUD VETE SPEC',
        'D6 一(三)4;D7 四(二)'),
    ('new-hire contract-term within-first-year min-hours insured-3-months still-employed', 'PRE',
        'D6 一(二)1'),
    ('min-hours', 'POST', 'D6 一(二)2'),
    ('passed', 'PRE POST', 'D6 六(一);D6 一(三)2'),
    ('pillar-or-key', 'POST', 'D6 一(二)2'),
    ('employee', 'POST', 'D6 一(二)2;D6 三(三)'),
    ('work-ground', 'WORK', 'D6 一(二)3;D6 三(二);D7 四(一)'),
    ('accepted-by', 'WORK', 'D6 一(二)3;D7 四(一)'),
    ('wage-paid', 'WORK', 'D6 一(三)3'),
    ('max-6-months', 'WORK', 'D6 一(二)3;D7 四(一)'),
    ('finalist competition-planned main-business', 'COMP', 'D6 一(二)4'),
    ('apprentice-agreement', 'APPR', 'D7 四(一)'),
    ('passed', 'APPR', 'D7 四(一);D6 六(二)'),
    ('level', 'TECH', 'D7 四(一)'),
    ('certified', 'TECH', 'D7 四(一);D6 六(二)'),
    ('in-training-mode', 'ONLN', 'D1 二(二)'),
    ('insured-12-months', 'SKIL ONLN', 'D1 一'),
    ('level', 'SKIL', 'D1 二;D1 二(一)'),
    ('certified', 'SKIL', 'D1 二(一)'),
    ('certificate-age', 'SKIL', 'R40 申领期限'),
    ('certified', 'ONLN', 'D1 二(二);D6 六(二)'),
    ('epidemic-period', 'ONLN', 'D1 二(二);D3 文号;D6 结尾'),
    ('key-group', 'FREE GRAD', 'D7 四(一)'),
    ('key-group', 'LIVE', 'D7 四(一);D7 二(二)'),
    ('key-group', 'ENTR', 'D7 二(二);D7 四(一)'),
    ('own-region', 'FREE GRAD ENTR', 'D7 四(二)'),
    ('certified-any', 'FREE GRAD ENTR', 'D7 四(二);D6 六(二)'),
    ('project-approved', 'STUD VETE', 'D8 三'),
    ('student passed certified', 'STUD', 'D8 五(一)1'),
    ('veteran project-designated', 'VETE', 'D8 五(一)2'),
    ('passed', 'SPEC', 'D6 四;D6 六(一)'),
    ('amount', 'PRE', 'D6 一(二)1'),
    ('amount', 'POST', 'D6 一(二)2'),
    ('amount', 'WORK', 'D6 一(二)3;D7 四(一)'),
    ('amount', 'COMP', 'D6 一(二)4'),
    ('amount', 'APPR', 'D7 四(一);D6 一(二)5'),
    ('amount', 'TECH', 'D7 四(一)'),
    ('amount', 'SKIL', 'D1 二(一);D2 文号'),
    ('amount', 'ONLN', 'D1 二;D1 二(二)'),
    ('amount', 'FREE LIVE GRAD', 'D7 四(一);D7 四(二)'),
    ('amount', 'ENTR', 'D6 七(一);D7 二(二)'),
    ('amount', 'STUD', 'D8 五(一)1'),
    ('amount', 'VETE', 'D8 五(一)2'),
    ('amount', 'SPEC', 'D6 四')
) AS t (codes, schemes, clauses);

-- The grounds that occur are put into clauses once. Both are enumerations, so that each line finds
-- its clauses by number in a list: a join would lose the order of the lines, and sorting them again
-- costs more.
CREATE TYPE occurring AS ENUM (
    SELECT scheme || ' ' || grounds FROM judged GROUP BY scheme, grounds
);

CREATE TEMP TABLE worded AS
WITH grounds AS (
    SELECT code, split_part(code, ' ', 1) AS scheme,
        string_split(split_part(code, ' ', 2), ';') AS conditions
    FROM (SELECT unnest(enum_range(NULL::occurring)) AS code)
),
clauses AS (
    SELECT code, flatten(list(clauses ORDER BY place)) AS clauses
    FROM grounds LEFT JOIN cited ON (schemes IS NULL OR list_contains(schemes, scheme))
        AND (conditions = [''] OR list_has_any(codes, conditions))
    GROUP BY code
)
SELECT code::occurring AS code, array_to_string(list_filter(clauses,
    lambda clause, i: list_position(clauses, clause) = i), ';') AS basis
FROM clauses;
CREATE TYPE worded_basis AS ENUM (SELECT DISTINCT basis FROM worded);
SET VARIABLE bases = (SELECT list(basis::worded_basis ORDER BY code) FROM worded);

CREATE TEMP VIEW decided AS
SELECT claim_id,
    CASE WHEN live AND grounds = '' THEN 'eligible'
        WHEN live OR NOT holds THEN 'ineligible' ELSE 'needs_evidence' END AS outcome,
    CASE outcome WHEN 'eligible' THEN due ELSE 0 END::DECIMAL(12, 2) AS amount_yuan,
    CASE WHEN scheme IN ('SKIL', 'LIVE') THEN 'person'
        WHEN project THEN 'institution'
        ELSE 'enterprise' END AS payee,
    CASE scheme WHEN 'SKIL' THEN 'unemployment_insurance' WHEN 'LIVE' THEN 'employment_subsidy'
        WHEN 'STUD' THEN 'education' WHEN 'VETE' THEN 'veterans'
        ELSE 'special_account' END AS fund,
    CASE outcome WHEN 'ineligible' THEN grounds ELSE '' END AS failed,
    coalesce(missing, '') AS missing,
    getvariable('bases')[enum_code((scheme || ' ' || grounds)::occurring) + 1] AS basis,
    getvariable('release') AS release
FROM judged;
