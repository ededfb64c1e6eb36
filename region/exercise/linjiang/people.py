"""The invented people of Linjiang's sites: who answers by day and night, who stands in, how they sign in."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from region.exercise.linjiang.names import DISTRICT, TOWNSHIPS

COLUMNS = ("site_code", "name_zh", "name_en", "role", "phone", "deputy_of", "login")

SURNAMES = [
    "王 Wang",
    "李 Li",
    "张 Zhang",
    "刘 Liu",
    "陈 Chen",
    "杨 Yang",
    "赵 Zhao",
    "黄 Huang",
    "周 Zhou",
    "吴 Wu",
    "徐 Xu",
    "孙 Sun",
    "胡 Hu",
    "朱 Zhu",
    "高 Gao",
    "林 Lin",
    "何 He",
    "郭 Guo",
    "马 Ma",
    "罗 Luo",
    "梁 Liang",
    "宋 Song",
    "郑 Zheng",
    "谢 Xie",
    "韩 Han",
    "唐 Tang",
    "冯 Feng",
    "于 Yu",
    "董 Dong",
    "萧 Xiao",
    "程 Cheng",
    "曹 Cao",
    "袁 Yuan",
    "邓 Deng",
    "许 Xu",
    "傅 Fu",
    "沈 Shen",
    "曾 Zeng",
    "彭 Peng",
    "吕 Lyu",
]
GIVEN = [
    "雨桐 Yutong",
    "嘉禾 Jiahe",
    "文博 Wenbo",
    "思源 Siyuan",
    "晓岚 Xiaolan",
    "志远 Zhiyuan",
    "春梅 Chunmei",
    "立群 Liqun",
    "婉清 Wanqing",
    "海波 Haibo",
    "秋月 Qiuyue",
    "明哲 Mingzhe",
    "静怡 Jingyi",
    "书恒 Shuheng",
    "雪松 Xuesong",
    "若兰 Ruolan",
    "建业 Jianye",
    "佳宁 Jianing",
    "长青 Changqing",
    "玉珍 Yuzhen",
    "天佑 Tianyou",
    "素琴 Suqin",
    "景行 Jingxing",
    "梦瑶 Mengyao",
    "宏图 Hongtu",
    "丽华 Lihua",
    "子涵 Zihan",
    "少云 Shaoyun",
    "桂芳 Guifang",
    "永康 Yongkang",
    "悦然 Yueran",
    "德馨 Dexin",
    "晨曦 Chenxi",
    "家栋 Jiadong",
    "巧云 Qiaoyun",
    "浩然 Haoran",
    "凤英 Fengying",
    "知行 Zhixing",
    "慧敏 Huimin",
    "一鸣 Yiming",
]

# The first is on duty, the second stands in, others follow. The roles are those of the shipped roles pack.
SITE_STAFF = ("clinic_lead", "clinic")
STAFF: dict[str, tuple[str, ...]] = {
    "commission": (
        "duty_officer",
        "duty_officer",
        "commander",
        "approver",
        "planner",
        "auditor",
        "administrator",
    ),
    "cdc": ("epidemiologist", "epidemiologist", "epidemiologist", "duty_officer"),
    "hospital": SITE_STAFF,
    "designated_hospital": SITE_STAFF,
    "fever_clinic": SITE_STAFF,
    "shelter_hospital": SITE_STAFF,
    "laboratory": ("laboratory", "laboratory"),
    "quarantine_site": SITE_STAFF,
    "warehouse": ("planner", "planner"),
    "school": ("clinic",),
    "transfer_team": SITE_STAFF,
    "subdistrict_office": ("subdistrict_officer", "subdistrict_officer"),
    "community_office": ("community_officer", "community_officer"),
    "community_health_centre": SITE_STAFF,
    "community_health_station": SITE_STAFF,
    "village_clinic": SITE_STAFF,
    "sampling_site": ("sampler",),
}


def appoint(rng: np.random.Generator, sites: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People of all sites (columns COLUMNS), and the sites with the telephone of their first person on duty.

    The second person of a site is the deputy of the first (`deputy_of` is a login, "" for all others).
    Telephones begin 1000000 and can never be dialled.
    """
    rows = list(_posts(sites))
    people = pd.DataFrame(rows, columns=["site_code", "role", "deputy_of", "login"])
    names = list(_names(rng, len(people)))
    people["name_zh"] = [zh for zh, _ in names]
    people["name_en"] = [en for _, en in names]
    people["phone"] = [f"1000000{n:04d}" for n in range(len(sites) + 1, len(sites) + len(people) + 1)]
    first = people.drop_duplicates("site_code").set_index("site_code")["phone"]
    reachable = sites.assign(duty_phone=sites["code"].map(first))
    return people[list(COLUMNS)], reachable


def _posts(sites: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Each post as (site code, role, login deputised for, login); logins count up in each township."""
    stems = {township.code: township.stem_en.lower() for township in TOWNSHIPS}
    counted: dict[str, int] = {}
    for code, kind, area in zip(sites["code"], sites["type"], sites["area_code"], strict=True):
        stem = stems.get(area[:9], DISTRICT[2].split()[0].lower())
        first = ""
        for n, role in enumerate(STAFF[kind]):
            counted[stem] = counted.get(stem, 0) + 1
            login = f"{stem}{counted[stem]:02d}"
            first = first or login
            yield code, role, first if n == 1 else "", login


def _names(rng: np.random.Generator, count: int) -> Iterator[tuple[str, str]]:
    """Different full names in Chinese and English, family name first in both."""
    for number in rng.choice(len(SURNAMES) * len(GIVEN), count, replace=False):
        family, own = divmod(int(number), len(GIVEN))
        (family_zh, family_en), (own_zh, own_en) = SURNAMES[family].split(), GIVEN[own].split()
        yield family_zh + own_zh, f"{family_en} {own_en}"
