"""How well the detectors find and repair what decays, and how much they make worse.

`clean` makes a right CRM, `errors` damages it by published kinds of error and keeps the key,
`score` compares. `clean` and `errors` import nothing of Placet, and nothing of Placet imports them:
tests/unit/test_hygiene_walls.py holds both. Start with `python -m benchmarks.decay --help`.
"""
