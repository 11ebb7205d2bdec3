"""``./motcua explain``: what every stage of the understanding makes of one message."""

from __future__ import annotations

import click


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=5, show_default=True, help="How many procedures of the ranking to show.")
def explain(words: tuple[str, ...], limit: int) -> None:
    """Show every stage for one message: text, tokens, entities, intents, aspects, ranking with features, decision.

    Example: ./motcua explain "xin giay doc than can gi"
    """
    import datetime as dt

    from underthesea import word_tokenize

    from bot.commands.evaluate import pipeline
    from bot.nlu import confidence, talk_network
    from bot.nlu.denial import meant
    from bot.nlu.entity_rules import find_entities
    from bot.nlu.link_index import FEATURES
    from bot.nlu.matters import of_message
    from bot.nlu.normalise import normalise
    from bot.nlu.questions import asking_parts
    from bot.nlu.ranking import default_weights, link, rank
    from procedures_kb.text import clean

    text = " ".join(words)
    classifier, index = pipeline()
    normal = normalise(text)
    found = classifier.classify(normal) if normal.words else None
    click.echo(f"text        {normal.text}   ({'with' if normal.marked else 'without'} marks)")
    click.echo(f"tokens      {' | '.join(word_tokenize(clean(text)))}")
    for entity in find_entities(clean(text), dt.date.today()):
        click.echo(f"entity      {entity['entity']} = {entity.get('value')}")
    if found:
        click.echo("intents     " + ", ".join(f"{name} {share:.2f}" for name, share in found.intents))
        click.echo("asks        " + (" | ".join(asking_parts(normal)) or "nothing by a question word"))
        click.echo(f"aspects     {', '.join(found.aspects) or 'none'}")
    said = meant(normal)
    if said != normal:
        click.echo(f"meant       {said.text}   (the rest is denied)")
    shares = talk_network.probabilities(index.network, said)
    likely = sorted(shares, key=lambda code: -shares[code])[:3]
    click.echo("network     " + ", ".join(f"{code} {shares[code]:.2f}" for code in likely))
    click.echo("matter      " + (", ".join(sorted(of_message(said))) or "of no kind"))
    candidates, weights = index.ask(said), default_weights()
    features = {candidate.document.code: candidate.features for candidate in candidates}
    ranking = rank(candidates, weights)
    assert [item.code for item in ranking] == [item.code for item in link(index, said)]
    for item in ranking[:limit]:
        click.echo(
            f"{item.probability:10.3f}  {item.code} {item.short_name[:70]}{'' if item.reviewed else ' (not reviewed)'}"
        )
        parts = sorted(
            zip(FEATURES, features[item.code], weights.of(item.reviewed), strict=True), key=lambda p: -p[1] * p[2]
        )
        shown = [f"{name} {value:.2f}×{weight:.2f}" for name, value, weight in parts if value * weight >= 0.05]
        click.echo(f"            {'  '.join(shown)}")
    decision = confidence.decide(ranking)
    lead = ranking[0].probability - (ranking[1].probability if len(ranking) > 1 else 0.0) if ranking else 0.0
    click.echo(
        f"decision    {decision.verdict}: first {ranking[0].probability if ranking else 0:.2f} (sure from {confidence.SURE}), "
        f"lead {lead:.2f} (sure from {confidence.SURE_LEAD}), worth naming from {confidence.CLOSE}"
    )
    if confidence.contested(ranking):
        click.echo(
            f"            contested: the topic model gives another procedure {confidence.CONTESTED:.0%} or more, so it is asked"
        )
    intent = confidence.arbitrate(found.intents, decision) if found else None
    click.echo(f"act         {(intent or (found.intents[0] if found else ('nlu_fallback', 1.0)))[0]}")
