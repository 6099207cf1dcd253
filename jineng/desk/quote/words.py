"""Each fact of the policy as a question to whoever is asked, whichever party that is."""

from django.utils.translation import gettext_noop as _noop

#: By fact, and by what is asked before any: the question, and what helps to answer it.
QUESTIONS: dict[str, tuple[str, str]] = {
    "party": (
        _noop("您是谁？"),
        _noop("同一次培训，个人、企业、机构各有各的补贴，都会算给您看。"),
    ),
    "occasion": (_noop("想问哪件事？"), _noop("选最接近的一项；看完结果还可以换。")),
    "applied_on": (
        _noop("打算哪一天申请？"),
        _noop("政策按受理那一天的规定执行。已经申请的，填受理的日期。"),
    ),
    "region": (_noop("在哪里申请？"), _noop("一般是参保地、单位所在地或培训所在地。")),
    "employer_id": (_noop("有没有用人单位？"), _noop("签了劳动合同、由它申请补贴的单位。")),
    "level": (
        _noop("证书是什么等级？"),
        _noop("还没有考的，选准备考的等级；不考证书的培训，选所学内容的等级。"),
    ),
    "training_mode": (_noop("培训用什么方式？"), ""),
    "platform_licensed": (
        _noop("线上平台的三项许可齐全吗？"),
        _noop("项目制培训入库许可、技能等级鉴定许可、职业技能培训许可，培训期间每一天都有效。"),
    ),
    "platform_accredited": (
        _noop("线上平台经当地人社部门认定了吗？"),
        _noop("可以问培训机构，或在人社部门公布的平台名单里查。"),
    ),
    "institution_listed": (
        _noop("培训机构在公布的机构目录里吗？"),
        _noop("以开班那一天为准，可在人社部门公布的目录里查。"),
    ),
    "project_approved": (_noop("培训项目在公布的项目目录里吗？"), ""),
    "project_designated": (_noop("项目是退役军人事务部门指定的吗？"), ""),
    "trained_in_own_region": (
        _noop("是在户籍地、常住地或求职就业地培训的吗？"),
        _noop("指参加培训的人自己的所在地，有一处符合就行。"),
    ),
    "hours": (_noop("培训一共多少课时？"), _noop("没有开班的，填计划的课时。")),
    "training_start": (_noop("培训哪一天开班？"), _noop("没有开班的，填计划的日期。")),
    "training_end": (_noop("培训哪一天结业？"), _noop("没有结业的，填计划的日期。")),
    "plan_filed_on": (
        _noop("培训方案哪一天在人社部门备案？"),
        _noop("由办培训的单位报送，审核备案以后才能开班。"),
    ),
    "passed": (_noop("结业考核合格了吗？"), _noop("还没有考的，按预计的结果选。")),
    "certificate_type": (_noop("拿到（或准备考）哪一种证书？"), _noop("名称印在证书封面上。")),
    "certificate_issued_on": (
        _noop("证书哪一天发的？"),
        _noop("以证书上的发证日期为准。还没有发的，选“不清楚”。"),
    ),
    "certificate_verified": (
        _noop("证书能在网上查到吗？"),
        _noop("在技能人才评价证书全国联网查询系统，或向发证机构核验。"),
    ),
    "contract_signed_on": (_noop("劳动合同哪一天签的？"), ""),
    "contract_months": (_noop("劳动合同签了多长？"), _noop("按月数填，两年是 24 个月。")),
    "hire_status": (_noop("参加培训的人是什么用工情况？"), ""),
    "employed_at_training": (_noop("培训的时候是本企业的职工吗？"), ""),
    "town_months": (_noop("在城镇住了多少个月？"), _noop("指进城务工人员在城镇的居住时间。")),
    "social_insurance_months": (
        _noop("城镇职工社会保险连续交了多少个月？"),
        _noop("算到结算补贴的时候。"),
    ),
    "unemployment_insurance_months": (
        _noop("失业保险一共交了多少个月？"),
        _noop("在所有单位交的加在一起，劳务派遣期间的也算。"),
    ),
    "still_employed": (_noop("结算补贴时还在这家单位上班吗？"), ""),
    "enterprise_size": (_noop("企业是什么规模？"), ""),
    "enterprise_industry": (_noop("企业是哪个行业？"), ""),
    "enterprise_suspended": (_noop("企业受疫情影响停工停产了吗？"), ""),
    "enterprise_insured": (_noop("企业参加社会保险了吗？"), ""),
    "pillar_or_key": (
        _noop("企业属于当地支柱产业或重点企业吗？"),
        _noop("由当地人社、行业主管部门确定，按年度公布。"),
    ),
    "person_groups": (
        _noop("参加培训的人属于下面哪些？"),
        _noop("可以选几项。以有关部门的认定为准。"),
    ),
    "wage_paid": (
        _noop("银行对账单上有当月的工资吗？"),
        _noop("停工停产的企业，看上一个季度。"),
    ),
    "competition_level": (_noop("竞赛是哪一级的？"), ""),
    "competition_planned": (_noop("竞赛列入人社部门的年度计划了吗？"), ""),
    "competition_main_business": (_noop("比武、练兵围绕企业的主营业务吗？"), ""),
    "finalist": (_noop("进入决赛了吗？"), ""),
    "apprentice_agreement": (_noop("签了学徒培养协议吗？"), ""),
    "days": (_noop("实际参加培训多少天？"), ""),
    "programme": (_noop("是哪一个专项培训？"), ""),
    "fee_yuan": (_noop("培训费和考试费一共多少元？"), ""),
}

PARTIES = {
    "person": (_noop("我自己"), _noop("在职、待业、学生、退役军人，都从这里进")),
    "enterprise": (_noop("企业人力资源"), _noop("为本企业的职工、学徒看一看")),
    "institution": (_noop("培训机构"), _noop("为参加培训的学员看一看")),
}

#: How a scheme stands, in a word, with its tone; what can be had comes first.
STANDS = {
    "eligible": (_noop("符合"), "good"),
    "needs_evidence": (_noop("可能符合"), "waiting"),
    "not_set": (_noop("暂不能核定"), "plain"),
    "ineligible": (_noop("不符合"), "bad"),
}
