"""The words that an estate is drawn from: places, people, departments, services. Data only."""

from __future__ import annotations

from dataclasses import dataclass

COMPANIES = ("nordhafen", "silverbrook", "meridian-foods", "jinhe", "kestrel-works", "bluepeak", "tianlan", "aldergate")

# code, name
CITIES = (
    ("ber", "Berlin"),
    ("suz", "Suzhou"),
    ("rtm", "Rotterdam"),
    ("szx", "Shenzhen"),
    ("lds", "Leeds"),
    ("opo", "Porto"),
    ("wuh", "Wuhan"),
    ("gdn", "Gdansk"),
    ("cgo", "Zhengzhou"),
    ("lyo", "Lyon"),
    ("nkg", "Nanjing"),
    ("tll", "Tallinn"),
)

_EN_GIVEN = """
Ada Alan Alice Amir Anna Ben Carla Chen Clara Daniel Diego Elena Emma Erik Fatima Felix Grace Hanna Hugo Ines Ivan
James Jana Joao Julia Karim Kate Lars Laura Leon Lina Lucas Marta Max Mia Nadia Nils Nora Olga Oscar Paul Petra
Rosa Ruth Sam Sara Sofia Theo Tom Vera Victor Yara Zoe
"""
_EN_FAMILY = """
Abbott Adler Baker Becker Bell Berg Brandt Carter Costa Dahl Dubois Evans Fischer Foster Garcia Grant Hansen Hill
Hoffmann Jansen Keller Kowalski Kruger Lang Larsen Lopez Martin Meyer Moreau Nielsen Novak Olsen Parker Peters
Reed Richter Rossi Santos Schmidt Silva Smith Stone Svensson Taylor Turner Vogel Wagner Walker Weber Wood Young
"""
EN_GIVEN = tuple(_EN_GIVEN.split())
EN_FAMILY = tuple(_EN_FAMILY.split())
# characters, pinyin
ZH_FAMILY = (
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("赵", "zhao"),
    ("黄", "huang"), ("周", "zhou"), ("吴", "wu"), ("徐", "xu"), ("孙", "sun"), ("胡", "hu"), ("朱", "zhu"),
    ("高", "gao"), ("林", "lin"), ("何", "he"), ("郭", "guo"), ("马", "ma"), ("罗", "luo"),
)  # fmt: skip
ZH_GIVEN = (
    ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("强", "qiang"), ("磊", "lei"),
    ("洋", "yang"), ("艳", "yan"), ("勇", "yong"), ("军", "jun"), ("杰", "jie"), ("涛", "tao"), ("明", "ming"),
    ("超", "chao"), ("秀英", "xiuying"), ("建国", "jianguo"), ("丽华", "lihua"), ("志强", "zhiqiang"),
    ("晓东", "xiaodong"), ("雨晨", "yuchen"), ("子涵", "zihan"), ("思远", "siyuan"), ("佳怡", "jiayi"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKind:
    """A business service that a company may have. ``tiers``: one is drawn. ``parts``: applications beside its first.

    ``integrates_with`` is fixed; more may be drawn.
    """

    name: str
    tiers: tuple[int, ...]
    parts: tuple[str, ...] = ()
    integrates_with: tuple[str, ...] = ()


# Each may only integrate with one that stands above it, so that nothing goes round in a circle.
SERVICES = (
    ServiceKind(name="CRM", tiers=(1, 2)),
    ServiceKind(name="Order System", tiers=(1, 2), parts=("Checkout",), integrates_with=("CRM",)),
    ServiceKind(name="Customer Portal", tiers=(2,), integrates_with=("CRM",)),
    ServiceKind(name="ERP", tiers=(1, 2), parts=("Planning",)),
    ServiceKind(name="Mail", tiers=(2, 3), parts=("Webmail",)),
    ServiceKind(name="Telephony", tiers=(2,)),
    ServiceKind(name="Payroll", tiers=(3,), parts=("Batch",)),
    ServiceKind(name="Production Line", tiers=(1,), parts=("Recipes",)),
    ServiceKind(name="Cold Chain", tiers=(1, 2)),
    ServiceKind(name="Building Access", tiers=(3,)),
    ServiceKind(name="Intranet", tiers=(4,)),
    ServiceKind(name="Reporting", tiers=(4,), parts=("Batch",)),
)

FIXED_PROVIDERS = ("CRM", "Order System", "Customer Portal")
"""Services with which nothing more is integrated than is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentKind:
    """A department, its share of the people, the sites where it may be (0 is the first), the services that it uses."""

    name: str
    share: int
    sites: tuple[int, ...]
    uses: tuple[str, ...]


EVERYBODY_USES = ("Mail", "Telephony", "Intranet")

DEPARTMENTS = (
    DepartmentKind(name="Sales", share=12, sites=(0,), uses=("CRM", "Order System")),
    DepartmentKind(name="Customer Service", share=10, sites=(0, 1), uses=("Customer Portal", "Order System")),
    DepartmentKind(name="Production", share=22, sites=(1,), uses=("Production Line", "ERP")),
    DepartmentKind(name="Logistics", share=14, sites=(2,), uses=("Cold Chain", "ERP")),
    DepartmentKind(name="Finance", share=8, sites=(0,), uses=("ERP", "Payroll", "Reporting")),
    DepartmentKind(name="People", share=6, sites=(0, 1), uses=("Payroll", "Building Access")),
    DepartmentKind(name="IT", share=10, sites=(0,), uses=("Reporting", "Building Access")),
    DepartmentKind(name="Research", share=10, sites=(1, 2), uses=("Reporting",)),
    DepartmentKind(name="Purchasing", share=8, sites=(0, 2), uses=("ERP", "Order System")),
)

NOT_DRAWN = ("CRM", *EVERYBODY_USES)
"""Services that no department or person uses beyond what is stated: all people of Sales, and they alone, use CRM."""

# key, name, roles of the devices that the team answers for
TEAMS = (
    ("network", "Network", ("core", "distribution", "access", "firewall")),
    ("servers", "Servers and Storage", ("server", "hypervisor", "storage")),
    ("facilities", "Facilities", ("ups", "pdu", "iot")),
    ("applications", "Applications", ()),
    ("service-desk", "Service Desk", ()),
)

PLACEHOLDER_SERIALS = ("To Be Filled By O.E.M.", "Default string", "0123456789", "System Serial Number")
