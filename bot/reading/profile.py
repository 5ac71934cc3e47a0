"""What reading must know of the product; the values come from the corpus (`product.yaml`), never from code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedPattern:
    """A linear-time pattern (RE2 syntax) that means `id` wherever it is found; `title` is its name for people.

    `example`: of a secret, an invented text that the pattern finds.
    """

    id: str
    pattern: str
    title: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The product as its users' pastes show it.

    marks: patterns that mean "this is about the product" (names, hosts, packages, header names).
    endpoints: patterns of URLs, paths and class names, each meaning one endpoint.
    models, output_formats: patterns of the ids. model_names: how people call a model, by its id.
    settings: names of request parameters whose values matter, in snake case.
    regions, plans: patterns of the hosts or names of each.
    error_fields: keys of an API error body that hold an error code ("status", "code").
    error_codes: every code the API is known to answer with.
    shared_codes: those of them that other services use too, so that they do not show whose failure it is.
    secrets: shapes of the product's and other vendors' keys; the first group, where there is one, is the secret.
    vendors: marks of other vendors whose failures are not ours.
    packages: the package names whose versions matter.
    topics: patterns of words that belong to the product's field without naming the product.
    other_products: names of products whose questions are not ours, unless ours is named beside them.
    people_only: matters that only the vendor's staff can answer (accounts, invoices, contracts): never answered from documents.
    """

    name: str
    marks: tuple[NamedPattern, ...] = ()
    endpoints: tuple[NamedPattern, ...] = ()
    models: str = ""
    model_names: tuple[NamedPattern, ...] = ()
    output_formats: str = ""
    settings: tuple[str, ...] = ()
    regions: tuple[NamedPattern, ...] = ()
    plans: tuple[NamedPattern, ...] = ()
    error_fields: tuple[str, ...] = ()
    error_codes: frozenset[str] = frozenset()
    shared_codes: frozenset[str] = frozenset()
    secrets: tuple[NamedPattern, ...] = ()
    vendors: tuple[NamedPattern, ...] = ()
    packages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    other_products: tuple[str, ...] = ()
    people_only: tuple[str, ...] = ()
