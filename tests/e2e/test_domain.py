"""A domain is ordered on a phone, and its transfer code is read once in the terminal."""

from playwright.sync_api import Browser

from tests.e2e.stack import Stack


def test_a_name_is_moved_to_us(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.front}/problem/domain/")
    assert not page.locator("#transfer_code").is_visible()
    page.get_by_label("Move a name from another company to us").check()
    page.locator("#domain").fill("Bücher.example")
    page.locator("#transfer_code").fill("s3cr3t!Code")
    page.locator("#email").fill("ann@example.org")
    page.get_by_role("button", name="Send").click()
    assert "Tick that you agree to the terms" in page.locator("#consent-error").inner_text()
    assert page.locator("#domain").input_value() == "Bücher.example"
    for name, typed in REGISTRANT.items():
        page.locator(f"#registrant_{name}").fill(typed)
    page.get_by_label("A person").first.check()
    page.locator("[name=consent]").check()
    page.locator("#transfer_code").fill("s3cr3t!Code")  # it is not shown again
    page.get_by_role("button", name="Send").click()
    number = page.locator(".big").inner_text()
    context.close()
    shown = stack.netdesk_json("ticket", "show", number)
    assert shown["details"]["domain"]["ascii"] == "xn--bcher-kva.example"
    assert "s3cr3t" not in str(shown)
    assert stack.netdesk("ticket", "code", number) == "s3cr3t!Code\n"
    assert "has no transfer code now" in stack.netdesk("ticket", "code", number, fails=True)


REGISTRANT = {
    "name": "Ann Büchner", "street1": "1 Elm St", "city": "Reseda", "cc": "us",
    "voice": "+1 818 555 0100", "email": "ann@example.org",
}  # fmt: skip
