"""Reports and bills read well in a terminal and in a notebook."""

from __future__ import annotations

from datetime import date

from aws14.model import Bill, Finding, LineItem, Picture, Report, Usage


def finding(status: str, **more: str) -> Finding:
    return Finding(name="A <b> gate", status=status, **more)  # type: ignore[arg-type]


def test_a_note_decides_nothing():
    report = Report(title="T", findings=(finding("passed"), finding("note")))
    assert report.ok
    assert report.verdict == "1 of 1 passed"


def test_an_outstanding_finding_shows_its_hint_and_only_then():
    report = Report(title="T", findings=(finding("passed", hint="h1"), finding("not_yet", hint="h2", detail="none")))
    assert not report.ok
    assert report.outstanding == report.findings[1:]
    assert "hint: h2" in str(report)
    assert "h1" not in str(report)
    assert "Hint: h2" in report._repr_html_()
    assert "A &lt;b&gt; gate" in report._repr_html_()
    assert "<caption" in report._repr_html_()


def line(service: str, usd: float, as_of: date) -> LineItem:
    usage = Usage(service=service, item="thing", unit="hour", region="ap-northeast-1", quantity=730, resource="web")
    return LineItem(usage=usage, unit_price_usd=usd / 730, usd=usd, as_of=as_of, source="s", confidence="A")


def test_a_bill_adds_up_and_says_how_old_its_prices_are():
    bill = Bill(
        title="A month",
        period="month",
        lines=(line("EC2", 10.004, date(2025, 11, 4)), line("NAT gateway", 45.26, date(2026, 1, 1))),
        notes=("a price is old",),
    )
    assert bill.total_usd == 10.004 + 45.26
    assert bill.of_service("EC2") == 10.004
    text = str(bill)
    assert "55.26" in text
    assert "prices of 2025-11-04 to 2026-01-01" in text
    assert "Note: a price is old" in text
    assert bill._repr_html_().count("<tr>") == 4


def test_a_picture_keeps_its_words_everywhere():
    picture = Picture(image=b"<svg/>", format="svg", alt='one "server" & a name', caption="See the name.")
    bundle = picture._repr_mimebundle_()
    assert 'alt="one &quot;server&quot; &amp; a name"' in bundle["text/html"]
    assert "data:image/svg+xml;base64," in bundle["text/html"]
    assert bundle["text/plain"] == 'one "server" & a name\nSee the name.'
