"""Keys, and what the marks mean; for those without script as well."""

from __future__ import annotations

from satqkd.console.layout import KEYS, Page
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import WORDS, icon
from satqkd.report.html.tables import pairs_list

MEANINGS = {
    "go": "nothing speaks against it",
    "watch": "possible, look again before the contact",
    "stop": "not as planned",
    "not checked": "what the check needs was not given: no pass, and no failure either",
}


def help_page() -> Page:
    """Return the page."""
    marks = [tag("li", icon(state), f" {WORDS[state]}: {MEANINGS[state]}") for state in WORDS]
    body = joined(
        (
            tag("h2", "Keys"),
            pairs_list((key, does) for key, does in KEYS),
            tag("p", "Keys need the script of the desk, work while nothing is typed, and can be "
                "switched off in the list that ? opens. Each has a button or a link too.",
                class_="small"),
            tag("h2", "Marks"),
            tag("ul", *marks, class_="plain"),
            tag("h2", "Words"),
            pairs_list((
                ("counted on", "key of a contact within its block, as the plan counts on it"),
                ("alone", "key of the contact as a block by itself"),
                ("given up", "a contact with key that another one keeps from being flown"),
                ("UTC", "the truth; station time and here are views of it"),
            )),
        )
    )  # fmt: skip
    return Page(title="Keys and marks of the desk", body=body)
