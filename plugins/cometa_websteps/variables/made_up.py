"""Made-up data of the library Faker: which providers testers may name, and how one is asked.

Faker is loaded at the first use: it costs a quarter of a second and the web process, which loads step libraries too,
never needs it.
"""

import random
from importlib import import_module
from typing import Any

from cometa_runner.steps import StepFailure
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.values import option

USUAL_LOCALE = "en_US"
"""Locale of data for which none is named."""

_LISTED = """
address ascii_email bban boolean bs building_number catch_phrase city color_name company company_email
country country_code credit_card_expire credit_card_number credit_card_provider credit_card_security_code
currency_code currency_name date date_of_birth date_this_year day_of_month day_of_week domain_name ean13 ean8
email file_name first_name first_name_female first_name_male free_email future_date hex_color hostname iban
image_url ipv4 ipv6 isbn10 isbn13 iso8601 job language_code language_name last_name latitude license_plate
locale longitude mac_address md5 mime_type month month_name name name_female name_male paragraph password
past_date phone_number port_number postcode prefix pricetag random_digit random_int random_letter rgb_color
safe_email secondary_address sentence sha256 slug ssn state state_abbr street_address street_name suffix swift
text time timezone uri url user_agent user_name uuid4 vat_id vin word year zipcode
"""

PROVIDERS = tuple(_LISTED.split())
"""Providers that give one text, number or date without any argument and touch nothing but their own tables."""


def made_up(kind: str, chance: random.Random) -> str:
    """Make one piece of data.

    Args:
        kind: a provider, or locale and provider as in ``de_DE:name``.
        chance: what the data comes from.

    Raises:
        StepFailure: ``bad-value`` for an unknown provider or locale, or one that the locale does not have.
    """
    locale, colon, provider = kind.rpartition(":")
    word = option(provider, PROVIDERS, "the kind of data")
    language = _locale(locale) if colon else USUAL_LOCALE
    generator: Any = import_module("faker").Factory.create(language)
    generator.random = chance
    make = getattr(generator, word, None)
    if make is None:
        raise StepFailure("bad-value", expected=f"a kind of data that {language} has", found=quoted(word))
    return str(make())


def _locale(text: str) -> str:
    known: dict[str, str] = {name.casefold(): name for name in import_module("faker.config").AVAILABLE_LOCALES}
    found = known.get(text.strip().replace("-", "_").casefold())
    if found is None:
        listed = ", ".join(sorted(known.values()))
        raise StepFailure("bad-value", expected=f"a locale of {listed}", found=quoted(text))
    return found
