"""The kinds of boxes that an estate is drawn from, and the fault codes of its IoT devices. Data only.

Object ids stand under the vendors' real enterprise numbers (IANA Private Enterprise Numbers); IoT makers, their models
and manuals are made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from examples.estate.model import FaultCode, FaultModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One product. ``if_name`` has ``{n}``, counted from ``first_port``; ifIndex of port n is ``if_index + n``."""

    cls: str
    vendor: str
    model: str
    sys_descr: str = ""
    sys_object_id: str = ""
    oui: str
    if_name: str = "eth{n}"
    first_port: int = 0
    if_index: int = 1
    speed_mbps: int = 1000


_IOS = "Cisco IOS Software, {} Software, Version 17.9.4a, RELEASE SOFTWARE (fc3)"
_LINUX = "Linux {} 5.15.0-105-generic #115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024 x86_64"

_CAT9500 = Kind(
    cls="Switch", vendor="Cisco", model="C9500-24Y4C", sys_descr=_IOS.format("Catalyst L3 Switch"),
    sys_object_id="1.3.6.1.4.1.9.1.2697", oui="00:1b:54", if_name="TwentyFiveGigE1/0/{n}", first_port=1, if_index=8,
    speed_mbps=25000,
)  # fmt: skip
_CAT9300 = Kind(
    cls="Switch", vendor="Cisco", model="C9300-48T", sys_descr=_IOS.format("Catalyst L3 Switch"),
    sys_object_id="1.3.6.1.4.1.9.1.2495", oui="00:27:e3", if_name="Gi1/0/{n}", first_port=1, if_index=10100,
)  # fmt: skip
_ARUBA = Kind(
    cls="Switch", vendor="HPE Aruba", model="2930F-48G", oui="94:f1:28", if_name="{n}", first_port=1, if_index=0,
    sys_descr="Aruba JL262A 2930F-48G-PoE+-4SFP Switch, revision WC.16.11.0012",
    sys_object_id="1.3.6.1.4.1.11.2.3.7.11.182.8",
)  # fmt: skip
_ARUBA_CORE = Kind(
    cls="Switch", vendor="HPE Aruba", model="8325-48Y8C", oui="90:20:c2", if_name="1/1/{n}", first_port=1, if_index=0,
    sys_descr="Aruba JL635A 8325-48Y8C, GL.10.10.1030", sys_object_id="1.3.6.1.4.1.47196.4.1.1.1.2",
    speed_mbps=25000,
)  # fmt: skip
_HUAWEI = Kind(
    cls="Switch", vendor="Huawei", model="S5735-L48T4X", oui="48:46:fb", if_name="GigabitEthernet0/0/{n}",
    first_port=1, if_index=4, sys_descr="Huawei Versatile Routing Platform, S5735-L48T4X-A1, V200R021C10SPC600",
    sys_object_id="1.3.6.1.4.1.2011.2.23.735",
)  # fmt: skip
_HUAWEI_CORE = Kind(
    cls="Switch", vendor="Huawei", model="S6730-H48X6C", oui="e8:4d:d0", if_name="XGigabitEthernet0/0/{n}",
    first_port=1, if_index=4, sys_descr="Huawei Versatile Routing Platform, S6730-H48X6C, V200R021C10SPC600",
    sys_object_id="1.3.6.1.4.1.2011.2.23.740", speed_mbps=10000,
)  # fmt: skip
_JUNIPER = Kind(
    cls="Switch", vendor="Juniper Networks", model="EX3400-48T", oui="40:71:83", if_name="ge-0/0/{n}", if_index=512,
    sys_descr="Juniper Networks, Inc. ex3400-48t Ethernet Switch, kernel JUNOS 21.4R3-S5.4",
    sys_object_id="1.3.6.1.4.1.2636.1.1.1.2.133",
)  # fmt: skip
_FORTIGATE = Kind(
    cls="Firewall", vendor="Fortinet", model="FortiGate-200F", sys_descr="FortiGate-200F v7.2.8", oui="e0:23:ff",
    sys_object_id="1.3.6.1.4.1.12356.101.1.2007", if_name="port{n}", first_port=1, if_index=2, speed_mbps=10000,
)  # fmt: skip
_PALO_ALTO = Kind(
    cls="Firewall", vendor="Palo Alto Networks", model="PA-1410", oui="b4:0c:25", if_name="ethernet1/{n}",
    first_port=1, if_index=1, sys_descr="Palo Alto Networks PA-1400 series firewall",
    sys_object_id="1.3.6.1.4.1.25461.2.3.57", speed_mbps=10000,
)  # fmt: skip
_POWEREDGE = Kind(
    cls="Server", vendor="Dell Inc.", model="PowerEdge R650", sys_descr=_LINUX, sys_object_id="1.3.6.1.4.1.8072.3.2.10",
    oui="b0:7b:25", if_name="eno{n}", first_port=1, if_index=1,
)  # fmt: skip
_PROLIANT = Kind(
    cls="Server", vendor="HPE", model="ProLiant DL360 Gen10", sys_descr=_LINUX, oui="d4:f5:ef", if_index=2,
    sys_object_id="1.3.6.1.4.1.8072.3.2.10",
)  # fmt: skip
_SUPERMICRO = Kind(
    cls="Server", vendor="Supermicro", model="SYS-5019P-MT", sys_descr=_LINUX, oui="ac:1f:6b", if_name="enp{n}s0",
    first_port=1, if_index=1, sys_object_id="1.3.6.1.4.1.8072.3.2.10",
)  # fmt: skip
_ESXI = Kind(
    cls="Hypervisor", vendor="VMware, Inc.", model="VMware ESXi", oui="e4:43:4b", if_name="vmnic{n}", if_index=1,
    sys_descr="VMware ESXi 8.0.2 build-22380479 VMware, Inc. x86_64", sys_object_id="1.3.6.1.4.1.6876.4.1",
    speed_mbps=10000,
)  # fmt: skip
_NETAPP = Kind(
    cls="StorageArray", vendor="NetApp", model="AFF-A250", oui="d0:39:ea", if_name="e0{n}", if_index=1,
    sys_descr="NetApp Release 9.13.1P4: Wed Oct 25 2023", sys_object_id="1.3.6.1.4.1.789.2.5", speed_mbps=10000,
)  # fmt: skip
_APC_UPS = Kind(
    cls="Ups", vendor="APC", model="Smart-UPS SRT 10000", oui="00:c0:b7", if_index=2,
    sys_descr="APC Web/SNMP Management Card (MB:v4.2.9 PF:v2.5.0.6 PN:apc_hw21_aos_2.5.0.6.bin)",
    sys_object_id="1.3.6.1.4.1.318.1.3.27", speed_mbps=100,
)  # fmt: skip
_EATON_UPS = Kind(
    cls="Ups", vendor="Eaton", model="9PX 11000i", oui="00:20:85", if_index=2, sys_object_id="1.3.6.1.4.1.534.1",
    sys_descr="Eaton Gigabit Network Card v3.1.8", speed_mbps=100,
)  # fmt: skip
_APC_PDU = Kind(
    cls="Pdu", vendor="APC", model="AP8853", oui="00:c0:b7", if_index=2, sys_object_id="1.3.6.1.4.1.318.1.3.4.6",
    sys_descr="APC Web/SNMP Management Card (MB:v4.1.0 PF:v7.0.8 PN:apc_hw05_aos_708.bin)", speed_mbps=100,
)  # fmt: skip
_RARITAN_PDU = Kind(
    cls="Pdu", vendor="Raritan", model="PX3-5466V", oui="00:0d:5d", if_index=2, sys_object_id="1.3.6.1.4.1.13742.6",
    sys_descr="PX 040110", speed_mbps=100,
)  # fmt: skip


def _iot(cls: str, vendor: str, model: str, oui: str) -> Kind:
    return Kind(cls=cls, vendor=vendor, model=model, oui=oui, speed_mbps=100)


KINDS = {
    "core": (_CAT9500, _ARUBA_CORE, _HUAWEI_CORE),
    "distribution": (_CAT9500, _ARUBA_CORE, _HUAWEI_CORE),
    "access": (_CAT9300, _ARUBA, _HUAWEI, _JUNIPER),
    "firewall": (_FORTIGATE, _PALO_ALTO),
    "server": (_POWEREDGE, _PROLIANT, _SUPERMICRO),
    "hypervisor": (_ESXI,),
    "storage": (_NETAPP,),
    "ups": (_APC_UPS, _EATON_UPS),
    "pdu": (_APC_PDU, _RARITAN_PDU),
    "cooling": (
        _iot("CoolingUnit", "Coolmaster", "Coolmaster CX-40", "2c:f7:f1"),
        _iot("CoolingUnit", "Coolmaster", "Coolmaster CX-60", "2c:f7:f1"),
    ),
    "cold-chain": (
        _iot("ColdChainSensor", "Frostline", "Frostline FS-2", "60:c5:a8"),
        _iot("ColdChainSensor", "Boreal", "Boreal T1", "58:bf:25"),
    ),
    "door": (_iot("DoorController", "Doorwarden", "Doorwarden D8", "00:80:a3"),),
    "plc": (
        _iot("LinePlc", "Linecore", "Linecore PLC-300", "00:1c:06"),
        _iot("LinePlc", "Takt", "Takt M5", "28:63:36"),
    ),
}

HUB = Kind(cls="MonitoringHub", vendor="Faultpath", model="hub", oui="52:54:00")
STAGE_SERVER = Kind(cls="Server", vendor="Dell Inc.", model="PowerEdge R250", oui="52:54:00")
GHOST = Kind(
    cls="NetworkDevice", vendor="Unknown", model="unmanaged bridge", sys_descr="8-port desktop bridge", oui="9c:c9:eb",
    if_name="p{n}", first_port=1,
)  # fmt: skip


def _code(code: str, severity: str, effect: str, section: str, words: tuple[str, str, str, str]) -> FaultCode:
    meaning_en, meaning_zh, remedy_en, remedy_zh = words
    return FaultCode(
        code=code,
        severity=severity,  # type: ignore[arg-type]  # the tables below hold its words only
        effect=effect,  # type: ignore[arg-type]
        section=section,
        meaning={"en": meaning_en, "zh": meaning_zh},
        remedy={"en": remedy_en, "zh": remedy_zh},
    )


_FILTER = (
    "air filter clogged", "空气滤网堵塞",
    "Replace the filter and reset the hour counter.", "更换滤网并复位计时器。",
)  # fmt: skip
_COMPRESSOR = (
    "compressor high-pressure cut-out", "压缩机高压保护",
    "Clean the condenser, check the fan, then acknowledge at the panel.", "清洗冷凝器，检查风机，然后在面板上确认。",
)  # fmt: skip
_LEAK = (
    "refrigerant leak", "制冷剂泄漏",
    "Switch the unit off, ventilate the room, call certified service.", "关闭机组，给房间通风，联系持证维修人员。",
)  # fmt: skip
_BATTERY = ("battery low", "电池电量低", "Replace the cell within two weeks.", "两周内更换电池。")
_PROBE = (
    "probe open or shorted", "探头开路或短路",
    "Check plug and cable of the probe, then replace it.", "检查探头的插头和电缆，然后更换探头。",
)  # fmt: skip
_WARM = (
    "temperature above limit", "温度超过上限",
    "Move the goods, check door seals and evaporator.", "转移货物，检查门封和蒸发器。",
)  # fmt: skip
_LOCK = (
    "lock motor blocked", "锁电机卡住",
    "Free the bolt, run the self test.", "清理锁舌，运行自检。",
)  # fmt: skip
_TAMPER = ("housing opened", "外壳被打开", "Send security, close the housing.", "通知保安，关闭外壳。")
_AXIS = (
    "axis drive over-current", "轴驱动过流",
    "Stop the line, check the drive for blockage.", "停线，检查驱动是否卡阻。",
)  # fmt: skip
_FIELDBUS = (
    "fieldbus frames lost", "现场总线丢帧",
    "Check shield and terminators of the bus segment.", "检查总线段的屏蔽和终端电阻。",
)  # fmt: skip
_ESTOP = (
    "emergency stop circuit open", "急停回路断开",
    "Find the pressed button, release it, reset the safety relay.", "找到被按下的按钮，释放并复位安全继电器。",
)  # fmt: skip

FAULT_CATALOGUE = (
    FaultModel(
        model="Coolmaster CX-40",
        document="CX-40 Service Manual rev. 7",
        codes=(
            _code("E2", "warning", "at_risk", "5.1", _FILTER),
            _code("E4", "major", "degraded", "5.3", _COMPRESSOR),
            _code("E7", "critical", "down", "5.6", _LEAK),
        ),
    ),
    FaultModel(
        model="Coolmaster CX-60",
        document="CX-60 Service Manual rev. 2",
        codes=(
            _code("E2", "minor", "at_risk", "6.1", _FILTER),
            _code("E4", "major", "degraded", "6.2", _COMPRESSOR),
        ),
    ),
    FaultModel(
        model="Frostline FS-2",
        document="FS-2 Handbook, March 2023",
        codes=(
            _code("B1", "warning", "at_risk", "4.2", _BATTERY),
            _code("P3", "major", "degraded", "4.5", _PROBE),
            _code("T9", "major", "degraded", "4.7", _WARM),
        ),
    ),
    FaultModel(
        model="Boreal T1",
        document="T1 Installation Guide 1.4",
        codes=(_code("01", "minor", "at_risk", "3.1", _BATTERY), _code("07", "minor", "degraded", "3.4", _PROBE)),
    ),
    FaultModel(
        model="Doorwarden D8",
        document="D8 Technical Manual 12/2022",
        codes=(_code("L1", "minor", "degraded", "7.3", _LOCK), _code("A1", "major", "at_risk", "7.9", _TAMPER)),
    ),
    FaultModel(
        model="Linecore PLC-300",
        document="PLC-300 Diagnostics rev. C",
        codes=(
            _code("F101", "critical", "down", "2.1", _ESTOP),
            _code("F214", "major", "degraded", "2.8", _AXIS),
            _code("W030", "warning", "at_risk", "3.2", _FIELDBUS),
        ),
    ),
    FaultModel(
        model="Takt M5",
        document="Takt M5 Fault List 5.0",
        codes=(_code("0x21", "critical", "down", "A.3", _ESTOP), _code("0x44", "minor", "degraded", "A.6", _FIELDBUS)),
    ),
)
