"""What lists of cases and contacts call their columns, and the words that people write in them."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]

HEADINGS: Words = {
    "ref": ("编号", "序号", "病例编号", "ref", "case id", "id", "no"),
    "name": ("姓名", "name", "full name"),
    "paper": ("证件类型", "证件种类", "id type", "paper"),
    "number": (
        "证件号码",
        "身份证号",
        "身份证号码",
        "身份证",
        "证件号",
        "id number",
        "identity number",
        "number",
    ),
    "phone": ("手机号", "手机号码", "联系电话", "电话", "phone", "mobile"),
    "grid": (
        "社区代码",
        "网格代码",
        "网格编码",
        "现住址社区代码",
        "地区代码",
        "area code",
        "grid code",
        "grid",
    ),
    "kind": ("病例类型", "病例分类", "诊断类型", "kind", "case kind", "classification"),
    "found_by": ("发现方式", "发现途径", "found by", "found through"),
    "community": ("社会面", "是否社会面", "community"),
    "day": ("阳性日期", "确诊日期", "报告日期", "检出日期", "day", "positive on", "date of positive"),
    "onset": ("发病日期", "症状出现日期", "onset", "date of onset", "onset on"),
    "sources": (
        "感染来源",
        "关联病例",
        "关联病例编号",
        "传染源",
        "sources",
        "source",
        "infector",
        "case",
        "case code",
    ),
    "likely": ("来源把握", "来源可能性", "likely", "likelihood"),
    "category": ("类别", "密接类型", "人员类别", "接触者类型", "category"),
    "first": ("首次暴露日期", "首次接触日期", "first exposure", "first contact"),
    "last": ("末次暴露日期", "末次接触日期", "最后接触日期", "last exposure", "last contact"),
    "setting": ("接触方式", "暴露方式", "接触场景", "setting", "way of contact"),
}
NEEDED: Words = {"cases": ("day", "grid"), "contacts": ("last", "grid", "sources")}
"""Without these a list cannot be read at all."""
PAPER_WORDS: Words = {
    "resident": ("居民身份证", "身份证", "identity card"),
    "passport": ("护照",),
    "permit": ("通行证", "港澳台通行证", "居住证", "回乡证"),
    "birth": ("出生证", "出生医学证明", "birth certificate"),
    "other": ("其他",),
}
KIND_WORDS: Words = {
    "confirmed": ("确诊", "确诊病例"),
    "asymptomatic": ("无症状", "无症状感染者"),
    "suspected": ("疑似", "疑似病例"),
}
FOUND_WORDS: Words = {
    "community": ("社会面", "社区", "社区筛查"),
    "tracing": ("追踪", "密接追踪", "协查"),
    "quarantine": ("隔离", "隔离管控", "集中隔离"),
    "key_post": ("重点岗位", "重点人群", "key post"),
    "fever_clinic": ("发热门诊", "主动就诊", "fever clinic"),
    "round": ("全员筛查", "区域核酸", "全员核酸"),
    "entry": ("入境", "口岸"),
    "other": ("其他",),
}
COMMUNITY_WORDS: Words = {"yes": ("是", "y", "1", "true"), "no": ("否", "n", "0", "false")}
LIKELY_WORDS: Words = {
    "confirmed": ("确定", "测序确认"),
    "probable": ("很可能", "较可能"),
    "possible": ("可能",),
}
CATEGORY_WORDS: Words = {
    "close_contact": ("密接", "密切接触者", "close contact", "close"),
    "secondary_contact": ("次密接", "密接的密接", "密切接触者的密切接触者", "secondary contact", "secondary"),
    "general_contact": ("一般接触者", "一般接触", "general contact", "general"),
    "high_zone_spillover": ("高风险区溢出人员", "高风险区溢出"),
    "medium_zone_spillover": ("中风险区溢出人员", "中风险区溢出"),
    "entrant": ("入境人员",),
    "high_risk_post": ("高风险岗位", "高风险岗位人员"),
}
SETTING_WORDS: Words = {
    "household": ("同住", "家庭", "共同居住"),
    "dining": ("同餐", "聚餐", "就餐"),
    "same_room": ("同室", "同空间", "same room"),
    "workplace": ("同事", "工作", "同单位", "work"),
    "classroom": ("同班", "教室", "同学", "school"),
    "vehicle": ("同乘", "交通工具", "同车"),
    "care": ("照护", "陪护"),
    "ward": ("同病房", "病房"),
    "leisure": ("娱乐", "休闲"),
    "lift": ("电梯", "同电梯"),
    "other": ("其他", "不详", "unknown"),
}
