"""What each page is called in the way to it, and what it lies under.

A context that gets a new page adds a line here, and one to `SECTIONS` of the navigation where
somebody's work begins with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """What a page is called in the way to it, and what it lies under ("": under nothing).

    ``thing``: what of the page's context it is about, whose name says more than the title and
    whose key is in the address, where the address has one.
    """

    title: Any
    under: str = "home"
    thing: str = ""
    at: Mapping[str, str] = field(default_factory=lambda: {"pk": "pk"})


def _under(view: str, titles: Mapping[str, Any]) -> dict[str, Place]:
    """Pages that lie under the same one, with their titles."""
    return {name: Place(title, view) for name, title in titles.items()}


PLACES: dict[str, Place] = {
    "search": Place(_("查找")),
    "preferences": Place(_("显示设置")),
    "keys": Place(_("快捷键")),
    "components": Place(_("组件")),
    "home": Place(_("首页"), ""),
    # One's own.
    "people:mine": Place(_("我的账号")),
    "people:archive": Place(_("我的档案")),
    **_under(
        "people:archive",
        {
            "people:correction": _("申请更正"),
            "people:claim": _("认领档案"),
            "people:claim_code": _("短信验证码"),
        },
    ),
    **_under(
        "people:mine",
        {
            "people:my_leave": _("请假代理"),
            "account_change_password": _("修改密码"),
            "account_set_password": _("设置密码"),
            "mfa_index": _("双重验证"),
            "usersessions_list": _("登录的设备"),
            "socialaccount_connections": _("统一身份认证"),
        },
    ),
    **_under(
        "mfa_index",
        {
            "mfa_activate_totp": _("启用验证器"),
            "mfa_deactivate_totp": _("停用验证器"),
            "mfa_view_recovery_codes": _("备用码"),
            "mfa_generate_recovery_codes": _("生成备用码"),
            "mfa_list_webauthn": _("通行密钥"),
        },
    ),
    "mfa_add_webauthn": Place(_("添加通行密钥"), "mfa_list_webauthn"),
    "mfa_remove_webauthn": Place(_("删除通行密钥"), "mfa_list_webauthn"),
    # Persons.
    "people:persons": Place(_("人员")),
    "people:new_person": Place(_("登记人员"), "people:persons"),
    "people:person": Place(_("人员档案"), "people:persons", "person"),
    **_under(
        "people:person",
        {
            "people:edit_person": _("修改"),
            "people:correct_number": _("更正身份证号"),
            "people:begin_group": _("登记人员类别"),
            "people:end_group": _("结束人员类别"),
            "people:merge": _("合并档案"),
            "people:undo_merge": _("撤销合并"),
            "people:blacklist_person": _("列入黑名单"),
            "people:reveal": _("查看完整号码"),
            "people:verifications_of_person": _("外部核验"),
        },
    ),
    "people:merge_with": Place(_("确认合并"), "people:person"),
    # Either a person's or an organisation's: its form knows the way back.
    "people:blacklist_act": Place(_("黑名单"), "people:persons"),
    "people:corrections": Place(_("更正申请")),
    "people:answer": Place(_("答复"), "people:corrections"),
    # Organisations.
    "people:organisations": Place(_("单位")),
    "people:new_organisation": Place(_("登记单位"), "people:organisations"),
    "people:organisation": Place(_("单位档案"), "people:organisations", "organisation"),
    **_under(
        "people:organisation",
        {
            "people:edit_organisation": _("修改"),
            "people:organisation_act": _("登记"),
            "people:organisation_end": _("结束"),
            "people:new_qualification": _("登记资质"),
            "people:blacklist_organisation": _("列入黑名单"),
            "people:members": _("成员与岗位"),
            "people:verifications_of_organisation": _("外部核验"),
        },
    ),
    "people:member": Place(_("成员"), "people:members"),
    **_under(
        "people:member",
        {
            "people:end": _("结束岗位"),
            "people:reset": _("重置登录"),
            "people:delegate": _("请假代理"),
        },
    ),
    "people:platform": Place(_("平台管理员")),
    "people:accounts": Place(_("账号")),
    "people:answer_invitation": Place(_("邀请"), "people:mine"),
    "people:withdraw_invitation": Place(_("邀请"), "people:members"),
    "people:account": Place(_("一个账号"), "people:accounts"),
    "people:account_act": Place(_("办理"), "people:account"),
    "people:qualifications": Place(_("资质")),
    "people:edit_qualification": Place(_("修改资质"), "people:qualifications"),
    # Enterprises that sign up.
    "people:sign_up": Place(_("企业报名")),
    "people:sign_ups": Place(_("企业报名")),
    "people:sign_up_entry": Place(_("报名"), "people:sign_ups", "entry"),
    # Imports.
    "people:imports": Place(_("导入")),
    "people:new_import": Place(_("导入文件"), "people:imports"),
    "people:import": Place(_("导入结果"), "people:imports", "run"),
    "desk:quote": Place(_("我能领多少")),
    # The policy library.
    "desk:library": Place(_("政策库")),
    **_under(
        "desk:library",
        {
            "desk:document": _("文件"),
            "desk:policy_search": _("查找"),
        },
    ),
    "desk:scheme": Place(_("补贴项目"), "desk:library", "scheme", {"code": "code"}),
    "desk:guide": Place(_("经办服务指南"), "desk:scheme"),
    "desk:scheme_cases": Place(_("案例"), "desk:scheme"),
    "desk:scheme_case": Place(_("案例"), "desk:scheme_cases"),
    # Drafts.
    "desk:drafts": Place(_("政策草案")),
    **_under(
        "desk:drafts",
        {
            "desk:new_draft": _("新建草案"),
            "desk:import_draft": _("导入草案文件"),
            "desk:compare_drafts": _("比较草案"),
        },
    ),
    "desk:draft": Place(_("草案"), "desk:drafts", "draft"),
    **_under(
        "desk:draft",
        {
            "desk:draft_title": _("改名称和说明"),
            "desk:draft_text": _("草案文本"),
            "desk:draft_change": _("改一项"),
            "desk:draft_parameter": _("改一项"),
            "desk:draft_version": _("版本"),
            "desk:share_draft": _("共享"),
            "desk:copy_draft": _("复制"),
            "desk:delete_draft": _("删除"),
        },
    ),
    # What drafts would come to.
    "whatif:trials": Place(_("试算")),
    "whatif:new": Place(_("新的试算"), "whatif:trials"),
    "whatif:compare": Place(_("比较两次试算"), "whatif:trials"),
    "whatif:trial": Place(_("试算"), "whatif:trials", "trial"),
    "whatif:lines": Place(_("有变化的申请"), "whatif:trial"),
    "whatif:line": Place(_("一条申请"), "whatif:trial"),
    "whatif:delete": Place(_("删除"), "whatif:trial"),
    # Standards of regions, and cases.
    "desk:standards": Place(_("地区标准")),
    "desk:new_standard": Place(_("录入标准"), "desk:standards"),
    "desk:standard": Place(_("标准"), "desk:standards", "standard"),
    "desk:edit_standard": Place(_("修改标准"), "desk:standard", "standard"),
    "desk:standard_act": Place(_("办理"), "desk:standard"),
    "desk:case_tables": Place(_("案例")),
    "desk:new_cases": Place(_("上传案例表"), "desk:case_tables"),
    "desk:case_table": Place(_("案例表"), "desk:case_tables", "case_table"),
    "desk:put_in_force": Place(_("付诸施行"), "desk:draft", "draft"),
    # Batches.
    "claims:upload": Place(_("批量核定")),
    "claims:batch": Place(_("批次"), "claims:upload", "batch"),
    **_under(
        "claims:batch",
        {
            "claims:problems": _("错误"),
            "claims:corrected": _("改正"),
            "claims:cancel": _("取消处理"),
            "claims:delete": _("删除"),
            "claims:export": _("下载"),
            "claims:run": _("导出"),
            "claims:cancel_run": _("取消处理"),
            "claims:line": _("核定说明"),
        },
    ),
    "inbox:inbox": Place(_("消息")),
    "inbox:notice": Place(_("通知"), "inbox:inbox"),
    "inbox:choices": Place(_("通知方式"), "inbox:inbox"),
    **_under(
        "inbox:choices",
        {
            "inbox:phone": _("手机号"),
            "inbox:code": _("短信验证码"),
            "inbox:address": _("确认邮箱"),
            "inbox:stop": _("不再接收"),
        },
    ),
    "audit:state": Place(_("事件日志封存")),
}
