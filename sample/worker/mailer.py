import smtplib
from email.message import EmailMessage


class SmtpMailer:
    """Sends mails through an SMTP server with STARTTLS."""

    def __init__(self, host: str, port: int = 587) -> None:
        self._host = host
        self._port = port

    def send(self, to: str, template: str, **values: str) -> None:
        message = EmailMessage()
        message["To"] = to
        message["Subject"] = template.replace("-", " ")
        message.set_content("\n".join(f"{name}: {value}" for name, value in values.items()))
        with smtplib.SMTP(self._host, self._port) as server:
            server.starttls()
            server.send_message(message)
