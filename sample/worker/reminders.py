"""Reminds customers of unpaid invoices."""

from dataclasses import dataclass
from datetime import date, timedelta

GRACE_DAYS = 7
LEVELS = ("friendly", "firm", "final")


@dataclass(frozen=True)
class UnpaidInvoice:
    number: str
    email: str
    due: date
    reminders_sent: int


def reminder_level(invoice: UnpaidInvoice, today: date) -> str | None:
    """Which reminder is due today, or None: one every GRACE_DAYS days after the due date, three at most."""
    overdue = (today - invoice.due).days
    if overdue < GRACE_DAYS * (invoice.reminders_sent + 1):
        return None
    if invoice.reminders_sent >= len(LEVELS):
        return None
    return LEVELS[invoice.reminders_sent]


def send_reminders(invoices: list[UnpaidInvoice], mailer, today: date) -> int:
    """Sends what is due and returns how many mails went out."""
    sent = 0
    for invoice in invoices:
        level = reminder_level(invoice, today)
        if level is None:
            continue
        mailer.send(invoice.email, template=f"reminder-{level}", invoice=invoice.number)
        sent += 1
    return sent


def next_run(today: date) -> date:
    return today + timedelta(days=1)
