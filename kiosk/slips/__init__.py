"""Every slip the hall hands out, as documents for paper (regulations 5.5): complete, courteous, from the phrases."""

from kiosk.slips.cases import (
    Own,
    collection,
    complaint_receipt,
    completion,
    receipt,
    referral,
    rule_text,
    written_answer,
)
from kiosk.slips.checklists import checklist, limit_text, material_facts, material_form, missing, phone_path, terms
from kiosk.slips.ratings import rating_form
from kiosk.slips.testing import test_page
from kiosk.slips.tickets import service_name, ticket, wait_text

__all__ = [
    "Own",
    "checklist",
    "collection",
    "complaint_receipt",
    "completion",
    "limit_text",
    "material_facts",
    "material_form",
    "missing",
    "phone_path",
    "rating_form",
    "receipt",
    "referral",
    "rule_text",
    "service_name",
    "terms",
    "test_page",
    "ticket",
    "wait_text",
    "written_answer",
]
