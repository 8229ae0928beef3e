"""Ratings under the field names of the provincial platforms (《好差评》数据上报), one row for each thing said.

What a walk-in has no number for, and who said it, is null: who rates stays confidential (GB/T 39734-2020 4.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from kiosk.domain.catalogue import Kind, Matter
from kiosk.domain.errors import NotFound
from kiosk.domain.figures import Visit
from kiosk.domain.ratings import Channel, Rating
from kiosk.operations.hall import Context

FIELDS = (
    "areaCode", "areaName", "deptCode", "proDepart", "orgName", "taskCode", "taskHandleItem", "taskName", "subMatter",
    "projectNo", "proStatus", "proManager", "serviceName", "serviceNumber", "serviceTime", "pf", "userName", "userProp",
    "userPageType", "certKey", "certKeyGOV", "handleUserName", "handleUserPageType", "handleUserPageCode",
    "satisfaction", "evalDetail", "writingEvaluation", "assessTime", "assessNumber", "appStatus", "EffectivEvalua",
    "isdefault", "promisetime", "acceptDate", "promiseDay", "anticipateDay", "mobile", "dataSource",
)  # fmt: skip
"""Every field of the platforms, in their order and spelling."""
CHANNELS = {Channel.OWN_TICKET: 3, Channel.PAD: 4, Channel.KIOSK: 5, Channel.PAPER: 5, Channel.API: 5}
"""评价渠道: 3 QR code, 4 the hall's pad, 5 the hall's other terminals; 7, the system's default, is never ours."""
FINISHED, AT_ONCE, PROMISED = 3, 1, 2


def rows(here: Context, visits: Sequence[Visit], names: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """A row for each rating and each addition of the visits; visits without a rating have none, nothing is invented."""
    for visit in visits:
        for given in (visit.rating, visit.addition):
            if given is not None:
                yield dict.fromkeys(FIELDS) | _hall(here) | _visit(here, visit, names) | _said(here, visit, given)


def _hall(here: Context) -> dict[str, object]:
    report = here.hall.report
    return {
        "areaCode": report.area_code or None,
        "areaName": report.area_name or None,
        "deptCode": report.department_code or None,
        "proDepart": report.department or here.hall.name,
        "orgName": report.department or here.hall.name,
        "dataSource": report.data_source or None,
    }


def _visit(here: Context, visit: Visit, names: Mapping[str, str]) -> dict[str, object]:
    matter = _matter(here, visit.matter)
    service = here.hall.service_or_gone(visit.service, visit.code[:1]).name
    return {
        "taskName": matter.name if matter else service,
        "projectNo": visit.case,
        "proStatus": FINISHED,
        "proManager": names.get(visit.clerk) or visit.clerk or None,
        "serviceName": service,
        "serviceNumber": 1,
        "serviceTime": _time(here, visit.ended_at),
        "acceptDate": _time(here, visit.taken_at),
        "promisetime": (AT_ONCE if matter.kind is Kind.AT_ONCE else PROMISED) if matter else None,
        "promiseDay": matter.promised_days if matter else None,
        "anticipateDay": matter.statutory_days if matter else None,
    }


def _said(here: Context, visit: Visit, given: Rating) -> dict[str, object]:
    excluded = visit.rating is not None and bool(visit.rating.excluded)
    return {
        "pf": CHANNELS[given.channel],
        "satisfaction": int(given.level),
        "evalDetail": ",".join(map(str, given.reasons)) or None,
        "writingEvaluation": given.text or None,
        "assessTime": _time(here, given.at),
        "assessNumber": given.round,
        "EffectivEvalua": 0 if excluded else 1,
        "isdefault": 0,
    }


def _matter(here: Context, matter: str | None) -> Matter | None:
    try:
        return here.catalogue.matter(matter) if matter else None
    except NotFound:
        return None


def _time(here: Context, at: datetime) -> str:
    return f"{here.hall.local(at):%Y-%m-%d %H:%M:%S}"
