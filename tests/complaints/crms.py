"""Exports in the manner of several CRMs, made of one list of complaints by writers of their own."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 240
START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def when(number: int, form: str = "%d.%m.%Y %H:%M") -> str:
    return (START + timedelta(minutes=53 * number)).strftime(form)


def delimited(
    header: list[str], row: Callable[[int], list[object]], delimiter: str, encoding: str
) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(map(row, range(ROWS)))
        path.write_bytes(text.getvalue().encode(encoding))

    return write


def one(number: int, *choices: str) -> str:
    """Choose by number, so that every file is the same in every run."""
    return choices[random.Random(number * 31 + len(choices)).randrange(len(choices))]


remedy = delimited(
    ["Incident ID*+", "Submit Date", "Last Modified Date", "Статус", "Assigned Group",
     "Описание проблемы", "Customer First Name", "Phone Number", "Адрес проблемы", "Категория",
     "Reported Source", "Priority"],
    lambda n: [
        f"INC{n:09}", when(n, "%d.%m.%Y %H:%M:%S"), when(n + 3, "%d.%m.%Y %H:%M:%S"),
        one(n, "Назначен", "В работе", "Закрыт", "Отменен"), one(n, "RAN Юг", "Core"),
        one(n, "Нет связи дома; третий день", "Интернет не грузит"), one(n, "Анна", "Пётр"),
        f"8(9{n % 90 + 10}) 123-{n % 90 + 10}-55", f"ул. Ленина, {n % 90}",
        one(n, "Нет сети", "Плохое качество голоса", "Медленный интернет", "Тарифы"),
        one(n, "Телефон", "Эл. почта", "Web", "Голубиная почта"), one(n, "Critical", "High", "Low"),
    ],
    ";", "cp1251",
)  # fmt: skip

service_desk = delimited(
    ["Рег. номер", "Зарегистрировано", "Завершено", "Состояние", "Л/С", "Ф.И.О.", "MSISDN",
     "Насел. пункт", "Улица, дом (адрес)", "Широта", "Долгота", "Причина обращения", "Канал связи",
     "Тип клиента", "Суть обращения", "Стандарт связи"],
    lambda n: [
        f"{n}/26-С", when(n, "%Y-%m-%d %H:%M:%S"),
        "" if n % 3 else when(n + 9, "%Y-%m-%d %H:%M:%S"),
        one(n, "Решено", "Новая", "На контроле"), 5_000_000 + n % 80, one(n, "Ким А.", "Ли Б."),
        f"+7 701 {n % 900 + 100} 11 22", one(n, "Псков", "Остров"), f"Садовая, {n % 70 + 1}",
        f"57,8{n % 1000:03}", f"28,3{n % 999:03}",
        one(n, "Отсутствует связь", "Обрывы связи", "Скорость ниже тарифа", "Иное"),
        one(n, "Колл-центр", "Соцсети", "Салон связи", "Моб. приложение"),
        one(n, "Физлицо", "Корпоративный", "Госорган"), "звонил вчера", one(n, "LTE", "3G"),
    ],
    "\t", "utf-8-sig",
)  # fmt: skip

kazakh = delimited(
    ["Өтініш нөмірі", "Тіркелген күні", "Жеке шот", "Мекенжай", "Өтініш түрі", "Байланыс арнасы",
     "Күйі", "Тілі", "Мәтін"],
    lambda n: [
        f"KT-{n}", when(n, "%d/%m/%Y %H:%M"), 5000 + n % 60, f"Абай көшесі, {n % 50}",
        one(n, "Байланыс жоқ", "Интернет баяу", "Қоңырау үзіледі", "Басқа"),
        one(n, "Қоңырау", "Кеңсе", "Қосымша"), one(n, "Жабылды", "Жұмыста"), "қазақша", "нашар",
    ],
    ",", "utf-8",
)  # fmt: skip

salesforce = delimited(
    ["Case Number", "Date/Time Opened", "Date/Time Closed", "Case Origin", "Status",
     "Account Number", "Contact Email", "Street", "City", "Issue Type", "Customer Value"],
    lambda n: [
        f"{n:08}", (START + timedelta(days=n % 17, minutes=n)).strftime("%m/%d/%Y %I:%M %p"), "",
        one(n, "Phone", "Web", "Email"), one(n, "New", "Closed", "Working"), f"A{n % 60}",
        f"u{n}@example.org", f"{n} Elm St", "Springfield",
        one(n, "No Service", "Dropped Calls", "Billing Question"), f"{n % 9 + 1},{n % 900 + 100}",
    ],
    ",", "utf-8",
)  # fmt: skip


def bitrix(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Обращения"
    sheet.append(["Отчёт по обращениям за январь 2026"])
    sheet.append([])
    sheet.append(["№ п/п", "№ заявки", "Дата обращения", "Дата закрытия", "ЛС", "Абонент",
                  "Контактный тел.", "Населённый пункт", "Адрес", "Координаты",
                  "Тематика обращения", "Способ обращения", "Сегмент", "LTV, руб.",
                  "Комментарий оператора", "Филиал"])  # fmt: skip
    for n in range(ROWS):
        closed = (START + timedelta(days=n % 30)).replace(tzinfo=None)
        sheet.append([
            n + 1, f"З-{n:05}", when(n), None if n % 3 else closed, 770_000 + n % 120,
            one(n, "Петров Пётр", "Сидорова Анна"), 79_010_000_000 + n, "Псков",
            f"Садовая, д. {n % 99 + 1}", f"57.8{n % 1000:03}, 28.3{n % 999:03}",
            one(n, "Обрыв разговора", "Отсутствие связи", "Низкая скорость", "Роуминг"),
            one(n, "Звонок", "Чат", "Салон", "WhatsApp"), one(n, "Физ. лицо", "Юр. лицо", "VIP"),
            n * 1.25, "просит перезвонить", one(n, "СЗФО", "ЦФО"),
        ])  # fmt: skip
    book.save(path)


def zendesk(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for n in range(ROWS):
            ticket = {
                "url": f"https://example.org/tickets/{n}.json", "id": 35_000 + n,
                "created_at": when(n, "%Y-%m-%dT%H:%M:%SZ"),
                "updated_at": when(n + 5, "%Y-%m-%dT%H:%M:%SZ"), "subject": f"Problem {n}",
                "description": "No signal at home", "priority": one(n, "normal", "urgent"),
                "status": one(n, "open", "pending", "hold", "solved"),
                "requester_id": 9000 + n % 50,
                "tags": ["network"], "via": {"channel": one(n, "web", "email", "voice", "chat"),
                                             "source": {"rel": None}},
                "custom": {"issue_category": one(n, "No coverage", "Dropped calls", "Billing"),
                           "address": f"Main Street {n % 77}", "city": "Almaty"},
            }  # fmt: skip
            file.write(json.dumps(ticket) + "\n")


def lake(path: Path) -> None:
    moments = [START + timedelta(minutes=53 * n) for n in range(ROWS)]
    zoned = pa.timestamp("us", "Asia/Almaty")
    table = {
        "ticket_sk": pa.array([10**12 + n for n in range(ROWS)]),
        "load_dttm": pa.array([START.replace(tzinfo=None)] * ROWS, pa.timestamp("us")),
        "open_ts": pa.array(moments, zoned),
        "close_ts": pa.array([m if n % 2 else None for n, m in enumerate(moments)], zoned),
        "msisdn": pa.array([77_010_000_000 + n for n in range(ROWS)]),
        "subs_id": pa.array([n % 70 for n in range(ROWS)]),
        "reason_code": pa.array([one(n, "NO_SIGNAL", "CALL_DROP", "LOW_SPEED") for n in range(ROWS)]
                                ).dictionary_encode(),
        "rat": pa.array([one(n, "LTE", "UMTS", "NR") for n in range(ROWS)]).dictionary_encode(),
        "cust_segment": pa.array([one(n, "B2C", "B2B", "VIP") for n in range(ROWS)]),
        "geo_lat": pa.array([43.2 + n / 9000 for n in range(ROWS)]),
        "geo_lon": pa.array([76.8 + n / 9000 for n in range(ROWS)]),
        "is_roaming": pa.array([n % 5 == 0 for n in range(ROWS)]),
    }  # fmt: skip
    pq.write_table(pa.table(table), path)


EXPORTS = {
    "remedy.csv": remedy,
    "service desk.tsv": service_desk,
    "kazakh.csv": kazakh,
    "salesforce.csv": salesforce,
    "bitrix.xlsx": bitrix,
    "zendesk.jsonl": zendesk,
    "lake.parquet": lake,
}
