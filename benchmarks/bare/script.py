"""The 30 steps as a script of Selenium alone; prints what they took as JSON."""

import json
import sys
import time

from calls import FACTS, click, hover, opened, see, text_contains, title_is, visit

driver = opened()
begun = time.monotonic()
for page, (title, heading) in FACTS.items():
    visit(driver, f"{sys.argv[1]}/{page}")
    title_is(driver, title)
    see(driver, "#content")
    see(driver, "#footer")
    text_contains(driver, "h1", heading)
    click(driver, "h1")
    hover(driver, "#basket-link")
    see(driver, "nav li a")
    text_contains(driver, "#basket-count", "0")
    click(driver, "#footer")
seconds = time.monotonic() - begun
driver.quit()
sys.stdout.write(json.dumps({"steps": seconds}) + "\n")
