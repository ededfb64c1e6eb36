"""The sub-districts, towns, communities and villages of Linjiang by name, with where each township lies."""

from dataclasses import dataclass

CITY = ("9901", "云川市", "Yunchuan City")
DISTRICT = ("990106", "临江区", "Linjiang District")
POPULATION = 360_000
POPULATION_YEAR = 2021

RIVER = ("云江", "Yun River")
LAKE = ("镜湖", "Jinghu Lake")
BROOK = ("柳溪", "Liuxi Brook")


@dataclass(frozen=True)
class Township:
    """A sub-district or town: its seat on the drawing plane (km, the river is y = 0) and what it holds.

    `reach` (km) pushes its borders outwards against its neighbours on the same bank; `residents` and
    `villages` are names without their ending, "Chinese English" each, the seat first.
    """

    code: str
    name_zh: str
    name_en: str
    seat: tuple[float, float]
    reach: float
    population: int
    grids: int
    residents: tuple[str, ...]
    villages: tuple[str, ...] = ()

    @property
    def stem_zh(self) -> str:
        """The name without its ending, as clinics and offices use it."""
        return self.name_zh.removesuffix("街道")

    @property
    def stem_en(self) -> str:
        """The English name without its ending."""
        return self.name_en.removesuffix(" Sub-district").removesuffix(" Town")

    @property
    def is_town(self) -> bool:
        """Whether this is a town with villages (codes 100 to 199) and not a sub-district of the city."""
        return bool(self.villages)

    @property
    def size(self) -> int:
        """How many communities and villages it has."""
        return len(self.residents) + len(self.villages)


TOWNSHIPS = (
    Township(
        code="990106001",
        name_zh="湖滨街道",
        name_en="Hubin Sub-district",
        seat=(-3.3, 2.4),
        reach=2.3,
        population=58_000,
        grids=166,
        residents=(
            *("湖滨 Hubin", "镜湖 Jinghu", "荷塘 Hetang", "柳堤 Liudi", "望湖 Wanghu", "听涛 Tingtao"),
            *("渔湾 Yuwan", "翠堤 Cuidi", "月亮湾 Yueliangwan", "湖心路 Huxin Road", "芦苇荡 Luweidang"),
            *("清波 Qingbo", "莲花 Lianhua", "白鹭 Bailu", "碧水 Bishui"),
        ),
    ),
    Township(
        code="990106002",
        name_zh="中山街道",
        name_en="Zhongshan Sub-district",
        seat=(1.2, 1.7),
        reach=2.0,
        population=66_000,
        grids=186,
        residents=(
            *("中山 Zhongshan", "鼓楼 Gulou", "解放路 Jiefang Road", "人民路 Renmin Road", "文庙 Wenmiao"),
            *("钟楼 Zhonglou", "府前 Fuqian", "青石巷 Qingshi Lane", "老码头 Laomatou", "新华 Xinhua"),
            *("胜利 Shengli", "大井巷 Dajing Lane", "和平里 Hepingli", "广场 Guangchang", "盐仓 Yancang"),
        ),
    ),
    Township(
        code="990106003",
        name_zh="学府街道",
        name_en="Xuefu Sub-district",
        seat=(3.3, -1.6),
        reach=2.0,
        population=56_000,
        grids=160,
        residents=(
            *("学府 Xuefu", "书院 Shuyuan", "师院 Shiyuan", "文昌 Wenchang", "翰林 Hanlin", "育才 Yucai"),
            *("科苑 Keyuan", "桃李 Taoli", "墨池 Mochi", "杏坛 Xingtan", "崇文 Chongwen", "青云 Qingyun"),
            *("博雅 Boya", "梅园 Meiyuan"),
        ),
    ),
    Township(
        code="990106004",
        name_zh="桥西街道",
        name_en="Qiaoxi Sub-district",
        seat=(-5.2, -2.2),
        reach=2.7,
        population=46_000,
        grids=136,
        residents=(
            *(
                "桥西 Qiaoxi",
                "铁路新村 Tielu Xincun",
                "纺织 Fangzhi",
                "机床厂 Jichuangchang",
                "船厂 Chuanchang",
            ),
            *("长桥 Changqiao", "红旗 Hongqi", "工农 Gongnong", "西站 Xizhan", "石桥 Shiqiao"),
            *("建设 Jianshe", "西园 Xiyuan", "三里桥 Sanliqiao"),
        ),
    ),
    Township(
        code="990106005",
        name_zh="东门街道",
        name_en="Dongmen Sub-district",
        seat=(-0.9, -2.0),
        reach=2.0,
        population=50_000,
        grids=148,
        residents=(
            *(
                "东门 Dongmen",
                "迎晖 Yinghui",
                "城墙 Chengqiang",
                "朝阳 Chaoyang",
                "瓮城 Wengcheng",
                "菜市 Caishi",
            ),
            *("东湾 Dongwan", "枣林 Zaolin", "马号 Mahao", "双塔 Shuangta", "永安 Yong'an", "福星 Fuxing"),
            *("银杏 Yinxing",),
        ),
    ),
    Township(
        code="990106100",
        name_zh="柳镇",
        name_en="Liuzhen Town",
        seat=(-8.8, 3.4),
        reach=2.8,
        population=30_000,
        grids=100,
        residents=("柳镇街 Liuzhenjie", "新集 Xinji"),
        villages=(
            *("上柳 Shangliu", "下柳 Xialiu", "大堰 Dayan", "陈家湾 Chenjiawan", "石磨 Shimo"),
            *("青龙 Qinglong", "双堰 Shuangyan"),
        ),
    ),
    Township(
        code="990106101",
        name_zh="北坡镇",
        name_en="Beipo Town",
        seat=(6.6, 4.6),
        reach=3.6,
        population=28_000,
        grids=96,
        residents=("北坡 Beipo", "凤鸣 Fengming"),
        villages=(
            *("桃花岭 Taohualing", "李家冲 Lijiachong", "松林 Songlin", "高坡 Gaopo", "茶山 Chashan"),
            *("泉口 Quankou", "石壁 Shibi"),
        ),
    ),
    Township(
        code="990106102",
        name_zh="南屏镇",
        name_en="Nanping Town",
        seat=(4.6, -6.0),
        reach=4.1,
        population=26_000,
        grids=88,
        residents=("南屏 Nanping", "屏山 Pingshan"),
        villages=(
            *("竹溪 Zhuxi", "周家畈 Zhoujiafan", "枫树岭 Fengshuling", "云台 Yuntai", "古井 Gujing"),
            *("樟木 Zhangmu",),
        ),
    ),
)
