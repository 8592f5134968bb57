"""What the pages say, in each language: short, friendly, and exact about what happens."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True, kw_only=True)
class Words:
    """The sentences of one language; `{brand}` and `{address}` are filled in."""

    unsubscribe: str
    unsubscribe_ask: str
    unsubscribe_button: str
    rather_choose: str
    already: str
    already_more: str
    left: str
    left_more: str
    mistake: str
    preferences: str
    preferences_ask: str
    topics: str
    save: str
    none: str
    none_hint: str
    saved: str
    saved_none: str
    closed: str
    nothing: str
    nothing_more: str
    too_often: str
    too_often_more: str
    failed: str
    failed_more: str
    language: str


WORDS = {
    "en": Words(
        unsubscribe="Unsubscribe",
        unsubscribe_ask="Do you want {brand} to stop sending emails to {address}?",
        unsubscribe_button="Unsubscribe",
        rather_choose="Choose topics instead",
        already="You are unsubscribed already",
        already_more="{brand} sends no marketing emails to {address}.",
        left="You are unsubscribed",
        left_more=(
            "{brand} will send no more marketing emails to {address}. An email that is on its way "
            "already can still arrive."
        ),
        mistake="Was this a mistake? Choose what you want to receive",
        preferences="What you receive",
        preferences_ask="Choose what {brand} may send to {address}.",
        topics="Topics",
        save="Save",
        none="No emails at all",
        none_hint="This stops every topic, also those to come.",
        saved="Saved. This is what you receive from now on.",
        saved_none="Saved. You receive no more marketing emails.",
        closed=(
            "We cannot write to this address at present: an email came back from it, or was "
            "reported as spam. To receive emails again, please write to us."
        ),
        nothing="There is nothing here",
        nothing_more=(
            "This link is not complete or no longer right. Please use the link from the email, and "
            "copy it whole. To stop the emails in any case, reply to one of them."
        ),
        too_often="A moment, please",
        too_often_more="That was too often in a short time. Please try again in a minute.",
        failed="That was not recorded",
        failed_more=(
            "Something on our side does not work right now. Please try again in a few minutes."
        ),
        language="Language",
    ),
    "de": Words(
        unsubscribe="Abmelden",
        unsubscribe_ask="Soll {brand} keine E-Mails mehr an {address} senden?",
        unsubscribe_button="Abmelden",
        rather_choose="Lieber Themen auswählen",
        already="Sie sind bereits abgemeldet",
        already_more="{brand} sendet keine Werbe-E-Mails an {address}.",
        left="Sie sind abgemeldet",
        left_more=(
            "{brand} sendet keine Werbe-E-Mails mehr an {address}. Eine E-Mail, die schon "
            "unterwegs ist, kann noch ankommen."
        ),
        mistake="War das ein Versehen? Wählen Sie, was Sie erhalten möchten",
        preferences="Was Sie erhalten",
        preferences_ask="Wählen Sie, was {brand} an {address} senden darf.",
        topics="Themen",
        save="Speichern",
        none="Gar keine E-Mails",
        none_hint="Das beendet alle Themen, auch künftige.",
        saved="Gespeichert. Das erhalten Sie von jetzt an.",
        saved_none="Gespeichert. Sie erhalten keine Werbe-E-Mails mehr.",
        closed=(
            "An diese Adresse können wir zurzeit nicht schreiben: Eine E-Mail kam zurück oder "
            "wurde als Spam gemeldet. Um wieder E-Mails zu erhalten, schreiben Sie uns bitte."
        ),
        nothing="Hier ist nichts",
        nothing_more=(
            "Dieser Link ist unvollständig oder stimmt nicht mehr. Bitte nehmen Sie den Link aus "
            "der E-Mail und kopieren Sie ihn ganz. Um die E-Mails auf jeden Fall zu beenden, "
            "antworten Sie auf eine davon."
        ),
        too_often="Einen Moment bitte",
        too_often_more=(
            "Das war zu oft in kurzer Zeit. Bitte versuchen Sie es in einer Minute noch einmal."
        ),
        failed="Das wurde nicht gespeichert",
        failed_more=(
            "Bei uns funktioniert gerade etwas nicht. Bitte versuchen Sie es in ein paar Minuten "
            "noch einmal."
        ),
        language="Sprache",
    ),
    "fr": Words(
        unsubscribe="Se désabonner",
        unsubscribe_ask="Voulez-vous que {brand} n’envoie plus d’e-mails à {address} ?",
        unsubscribe_button="Se désabonner",
        rather_choose="Choisir plutôt des sujets",
        already="Vous êtes déjà désabonné(e)",
        already_more="{brand} n’envoie pas d’e-mails commerciaux à {address}.",
        left="Vous êtes désabonné(e)",
        left_more=(
            "{brand} n’enverra plus d’e-mails commerciaux à {address}. Un e-mail déjà en route "
            "peut encore arriver."
        ),
        mistake="C’était une erreur ? Choisissez ce que vous voulez recevoir",
        preferences="Ce que vous recevez",
        preferences_ask="Choisissez ce que {brand} peut envoyer à {address}.",
        topics="Sujets",
        save="Enregistrer",
        none="Aucun e-mail",
        none_hint="Cela arrête tous les sujets, y compris les futurs.",
        saved="Enregistré. Voici ce que vous recevrez désormais.",
        saved_none="Enregistré. Vous ne recevrez plus d’e-mails commerciaux.",
        closed=(
            "Nous ne pouvons pas écrire à cette adresse pour le moment : un e-mail est revenu ou a "
            "été signalé comme spam. Pour recevoir de nouveau des e-mails, écrivez-nous."
        ),
        nothing="Il n’y a rien ici",
        nothing_more=(
            "Ce lien est incomplet ou n’est plus valable. Utilisez le lien de l’e-mail et "
            "copiez-le en entier. Pour arrêter les e-mails dans tous les cas, répondez à l’un "
            "d’eux."
        ),
        too_often="Un instant, s’il vous plaît",
        too_often_more="C’était trop souvent en peu de temps. Réessayez dans une minute.",
        failed="Cela n’a pas été enregistré",
        failed_more=(
            "Quelque chose ne fonctionne pas de notre côté. Réessayez dans quelques minutes."
        ),
        language="Langue",
    ),
}
