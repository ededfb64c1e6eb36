"""The district's own institutions: which there are, where each stands, and how much it can do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Institution:
    """One institution; `community` is the Chinese name of where it stands, without ending.

    `capacity` is in the unit of its type (see sites.CAPACITY_UNITS); `serves_district`: it belongs to the
    district and serves all of it, instead of belonging to the community it stands in.
    """

    type: str
    name_zh: str
    name_en: str
    community: str
    capacity: int | None = None
    serves_district: bool = True


INSTITUTIONS = (
    Institution("commission", "临江区卫生健康委员会", "Linjiang District Health Commission", "府前"),
    Institution("cdc", "临江区疾病预防控制中心", "Linjiang District CDC", "文昌"),
    Institution("hospital", "临江区人民医院", "Linjiang District People's Hospital", "解放路", 620),
    Institution("hospital", "临江区中医医院", "Linjiang District Hospital of Chinese Medicine", "迎晖", 320),
    Institution(
        "hospital", "临江区妇幼保健院", "Linjiang District Women and Children's Hospital", "书院", 180
    ),
    Institution(
        "designated_hospital", "云川市第三医院（定点）", "Yunchuan Third Hospital (designated)", "碧水", 120
    ),
    Institution(
        "fever_clinic", "区人民医院发热门诊", "People's Hospital Fever Clinic", "解放路", None, False
    ),
    Institution("fever_clinic", "区中医医院发热门诊", "Chinese Medicine Fever Clinic", "迎晖", None, False),
    Institution(
        "fever_clinic", "区妇幼保健院发热门诊", "Women and Children's Fever Clinic", "书院", None, False
    ),
    Institution("laboratory", "区疾控中心检验室", "District CDC Laboratory", "文昌", 3_000),
    Institution("laboratory", "区人民医院检验科", "People's Hospital Laboratory", "解放路", 5_000),
    Institution("laboratory", "云衡医学检验所", "Yunheng Contract Laboratory", "科苑", 30_000),
    Institution("quarantine_site", "望湖酒店隔离点", "Wanghu Hotel Quarantine Site", "望湖", 160, False),
    Institution("quarantine_site", "西站宾馆隔离点", "Xizhan Inn Quarantine Site", "西站", 140, False),
    Institution("quarantine_site", "迎晖酒店隔离点", "Yinghui Hotel Quarantine Site", "迎晖", 130, False),
    Institution("quarantine_site", "泉口山庄隔离点", "Quankou Lodge Quarantine Site", "泉口", 120, False),
    Institution("quarantine_site", "新集宾馆隔离点", "Xinji Inn Quarantine Site", "新集", 120, False),
    Institution("quarantine_site", "竹溪度假村隔离点", "Zhuxi Resort Quarantine Site", "竹溪", 110, False),
    Institution("shelter_hospital", "临江体育馆方舱医院", "Linjiang Gymnasium Shelter Hospital", "建设", 200),
    Institution("warehouse", "临江区应急物资中心库", "Linjiang Emergency Supplies Warehouse", "三里桥"),
    Institution("warehouse", "北岸物资分库", "North Bank Supplies Warehouse", "凤鸣"),
    Institution("school", "育才小学", "Yucai Primary School", "育才", 1_260, False),
    Institution("school", "临江第一中学", "Linjiang No. 1 Middle School", "鼓楼", 2_140, False),
    Institution("school", "柳镇中心学校", "Liuzhen Central School", "柳镇街", 870, False),
    Institution("transfer_team", "急救站转运一队", "Ambulance Station Transfer Team 1", "广场", 8),
    Institution("transfer_team", "急救站转运二队", "Ambulance Station Transfer Team 2", "工农", 6),
)
