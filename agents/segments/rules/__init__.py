"""The built-in drafter: a grammar over the CRM's own fields and values, without a model.

It may import `agents.port`, the readers of `tools.crm` and `tools.segments`, and nothing that
writes. Start at `RulesDrafter`; a request passes these rooms, each file one idea:

1. `safety`, `help_text`: what is refused, and questions about Placet itself.
2. `frame`: what surrounds a description is taken out, word for word (`naming`, `manners`,
   `purpose`, `anyway`), so that the grammar reads conditions only.
3. `lexicon`: every known phrase and all it can mean, from the catalogue and the flat tables
   `vocabulary` (values, titles, fields), `phrases` (events, structure, filler, vague words) and
   `places`; growth is one line there. `text` and `joining` cut a request into tokens.
4. `cursor`: what stands at a word (phrase, date, number) and what became of each word. `numbers`
   reads quantities; `dates`, `spans` and `windows` read dates; `crm_names` knows names.
5. Readers pass one phrase and return its condition, or None without moving: `people`, `where`,
   `fields` (`bounds`, `picklists`, `field_texts`, `dated`), `emails`, `companies`
   (`company_names`, `company_clauses`), `deals`, `no_shows`, `events` (`often`, `assets`,
   `event_tails`, `last_events`).
6. `grammar`: clauses become one filter. It is a chain of parts on `reader`: `shares`, `described`,
   `things` (what people have), `listed`, `origins`, `belonging` (where they are), `scopes`, `verbs`
   (how far a "not" reaches), `excluding`, `composing` (and, or), `asking` (words without a place).
7. `doubts`: a doubt is raised as `Unclear` and becomes a question with options; `answers` rewrites
   the request with what was chosen and `drafter` reads it anew. `changes` (`change_parts`,
   `change_windows`) edits a drafted segment. `clash` finds what nobody can meet, `names` names.

Two rules hold everywhere: a word that nothing takes is asked about, and where two readings would
select different people it asks instead of guessing.
"""

from .drafter import RulesDrafter

__all__ = ["RulesDrafter"]
