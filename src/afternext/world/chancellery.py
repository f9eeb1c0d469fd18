"""The chancellery of one future: powers, what they may do, what they believe, and the state they hold up.

Powers are governments, regions, parties, insurgent leaderships and outside states; each force answers to one.
An option is one declared move of one power towards one target. Facts (``Powers``, ``Options``) are drawn once
for a future; ``Council``, ``Polity`` and ``Pressure`` change every week or month. The strategic layer reads
the tactical state and presses back on it only through ``processes/pressure.py``.

Shapes: Q powers, A aims, O options, F forces, C communities, P places, R regions, K classes of action.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from afternext.world.bundle import bundle

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]

# Aims: what a situation is worth to a power is told by these measures, all 0-1.
AIMS: tuple[tuple[str, str], ...] = (
    ("own_ground", "share of people living where forces of the power hold"),
    ("enemy_ground", "share of people living where forces hold that are hostile to the power"),
    ("government_ground", "share of people of the country living where the government or its allies hold"),
    ("centre", "safety of the capital: 1 unthreatened, 0 lost"),
    ("displaced", "displaced share of the people"),
    ("violence", "civilians killed in the last four weeks, x / (1 + x) with x per 100,000 people"),
    ("inclusion", "how far those who were shut out share in power"),
    ("confidence", "confidence of the people in the government"),
    ("leader", "1 while the head of government of the freeze is in office"),
    ("autonomy", "autonomy of the regions, mean; for the power of a region its own"),
    ("influence", "alignment of the government with the power, 0 hostile to 1 allied"),
    ("rival_influence", "the same of its closest rival with the government"),
    ("own_losses", "own fighters lost in the last four weeks, share"),
)
(
    OWN_GROUND,
    ENEMY_GROUND,
    GOVERNMENT_GROUND,
    CENTRE,
    DISPLACED,
    VIOLENCE,
    INCLUSION,
    CONFIDENCE,
    LEADER,
    AUTONOMY,
    INFLUENCE,
    RIVAL_INFLUENCE,
    OWN_LOSSES,
) = range(len(AIMS))

# Aims that are for the government to mend: help that waits for one of them presses for it.
REPAIRS = (INCLUSION, CONFIDENCE, LEADER, AUTONOMY)

# Classes of action: what a public tells apart.
CLASSES = ("aid", "air", "ground", "politics")
AID, AIR, GROUND, POLITICS = range(len(CLASSES))

# Levers: what a move can press on, what the target of the effect is, and the unit of its amount at scale 1.
LEVERS: tuple[tuple[str, str, str], ...] = (
    ("strikes", "force", "share of the power of a force that shows itself (holds or expands), taken away"),
    ("arms", "force", "vehicles and heavy weapons a month"),
    ("advice", "force", "log-odds of cohesion"),
    ("pay", "force", "share of what it lacks refilled a month"),
    ("mobilise", "force", "volunteers a month, persons"),
    ("troops", "force", "fighters from outside the map, persons, for as long as it lasts"),
    (
        "doors",
        "force",
        "share of those refused who are let through (negative: of those let through, refused)",
    ),
    ("foreign", "force", "share of the inflow of foreign fighters (negative: stopped)"),
    ("income", "force", "share of what sustains it (negative: cut)"),
    ("rule", "force", "quality of its rule, -1 to 1"),
    ("hold", "force", "wish to hold"),
    ("expand", "force", "wish to expand"),
    ("foment", "force", "wish to foment trouble"),
    ("ground", "force", "wish to go to ground"),
    ("relief", "map", "share of deaths in flight avoided"),
    ("sight", "power", "what it sees of what it does not see, share"),
    ("inclusion", "community", "share of its exclusion taken away (negative: added)"),
    ("confidence", "polity", "confidence in the government, points of share"),
    ("oust", "polity", "chance a month that the head of government goes"),
    ("autonomy", "region", "autonomy of the region, points of share"),
    ("budget", "region", "share of the budget of the region (negative: cut)"),
    ("align", "power", "alignment between the power that acts and this one, points of -1 to 1"),
    ("outrage", "community", "harm felt by the whole community, as fighting of this intensity"),
    ("truce", "force", "share of the hostility between own forces and this one"),
    ("organise", "community", "share of what it lacks of an organisation for its own defence"),
    ("stipend", "community", "share of its local defenders without pay who are paid"),
)
(
    L_STRIKES,
    L_ARMS,
    L_ADVICE,
    L_PAY,
    L_MOBILISE,
    L_TROOPS,
    L_DOORS,
    L_FOREIGN,
    L_INCOME,
    L_RULE,
    L_HOLD,
    L_EXPAND,
    L_FOMENT,
    L_GROUND,
    L_RELIEF,
    L_SIGHT,
    L_INCLUSION,
    L_CONFIDENCE,
    L_OUST,
    L_AUTONOMY,
    L_BUDGET,
    L_ALIGN,
    L_OUTRAGE,
    L_TRUCE,
    L_ORGANISE,
    L_STIPEND,
) = range(len(LEVERS))

# Stages of an option.
IDLE = 0
CONSENT = 1  # decided; the host is asked
PREPARING = 2  # politics at home, readiness, distance, collection
IN_EFFECT = 3

# A plan whose day has come and whose conditions do not hold yet: who would gain by it knows of the offer.
OFFERED = -1

# Parts of a delay, in days.
PARTS = ("consent", "politics", "distance", "readiness", "collection")
P_CONSENT, P_POLITICS, P_DISTANCE, P_READINESS, P_COLLECTION = range(len(PARTS))

# Status of a region, each including those before.
CLAIMS = 1
AUTONOMOUS = 2
REFERENDUM = 3
SECEDED = 4

# Thresholds of a polity, summed.
LOST_CONFIDENCE = 1
LOST_COALITION = 2
LOST_ARMY = 4
LOST_CENTRE = 8

NEVER = 1 << 40  # a step beyond every future


@bundle
class Powers(NamedTuple):
    """What powers are and want: facts of one future."""

    capability: Floats  # (Q,) weight in the world, the strongest 1
    budget: Floats  # (Q,) cost it can bear a year
    far: Floats  # (Q,) weight of the far horizon against the near one, 0-1
    weight: Floats  # (Q, A, 2) weight of an aim near and far
    whole: Floats  # (Q,) sum of these weights over aims and horizons, own losses apart
    target: Floats  # (Q, A) where it wants the measure to be, 0-1
    collection: Floats  # (Q,) how well it sees the situation at the freeze, 0-1
    slant: Floats  # (Q,) which way its picture errs: -1 sees enemies smaller, 1 larger than they are
    km: Floats  # (Q,) distance of its means to the crisis
    public: Floats  # (Q,) how far its decisions depend on a public, 0-1
    support: Floats  # (Q, K) support of the public for a class of action at the start, 0-1
    elite: Floats  # (Q,) what leaders of opinion say of action: -1 against, 1 for
    polarised: Floats  # (Q,) how divided they are, 0-1
    weary: Floats  # (Q,) weariness of war at the start, 0-1
    misled: Floats  # (Q,) share that holds a false belief about the crisis at the start
    history: Floats  # (Q, Q) how powers stand to each other by history: -1 hostile to 1 allied
    price: Floats  # (Q, Q) price at home of open cooperation with the other, 0-1
    commands: Ints  # (F,) power that commands the force, or -1
    seats: Floats  # (Q,) share of seats it brings to a coalition
    speaks: Floats  # (Q, C) how far it speaks for a community, 0-1
    government: Ints  # (1,) power that governs, or -1 where the scenario has no polity
    capital: Ints  # (1,) place, or -1
    home: Flags  # (P,) 1 in the country of the polity
    region: Ints  # (P,) region, or -1
    region_power: Ints  # (R,) power that speaks for the region, or -1
    polled: Ints  # (public powers,) those with a public
    deciders: Ints  # (powers with options,) those that may do something
    pair_a: Ints  # (pairs,) powers whose alignment is measured
    pair_b: Ints  # (pairs,) with whom
    valued: Ints  # (valued aims,) patron whose aim is measured, once for each aim among its goals
    valued_aim: Ints  # (valued aims,) the aim
    patrons: Ints  # (patrons,) powers that may support the government


@bundle
class Options(NamedTuple):
    """What powers may do: one row for each move, power and target. Facts of one future."""

    move: Ints  # (O,)
    power: Ints  # (O,)
    target: Ints  # (O,) power it is done with or to, or -1
    kind: Ints  # (O,) class of action
    consent: Flags  # (O,) 1 where the target must agree
    deniable: Flags  # (O,) 1 where it can also be done deniably
    once: Flags  # (O,) 1 where it is over when it is done
    cost: Floats  # (O,) a year at scale 1, in units of the budget
    exposure: Floats  # (O,) how visible it is at home and abroad, 0-1
    scales: Floats  # (O, 4) scales to choose from, 0 for none
    ready: Floats  # (O,) days
    speed: Floats  # (O,) km a day, 0 where distance does not count
    collect: Floats  # (O,) days of collection for a power that sees nothing
    days: Floats  # (O,) duration
    ramp: Floats  # (O,) days to half of the full effect
    near: Floats  # (O, A) change of an aim that its makers expect at scale 1, near
    far: Floats  # (O, A) the same, far
    terms: Ints  # (O,) 1 support on conditions, -1 support without any, 0 neither
    joint: Ints  # (O,) number shared by options that are one move to one end, whoever makes it
    barred: Flags  # (O,) 1 where a strategy forbids it
    when: Ints  # (O + 1,) first condition of each option
    when_aim: Ints  # (conditions,) aim
    when_low: Floats  # (conditions,) holds from here
    when_high: Floats  # (conditions,) to here
    does: Ints  # (O + 1,) first effect of each option
    lever: Ints  # (effects,)
    on: Ints  # (effects,) force, power, community or region, or -1
    amount: Floats  # (effects,) at scale 1
    plan_option: Ints  # (plans,) what a strategy fixes, in order of time
    plan_step: Ints  # (plans,) step of the decision
    plan_end: Ints  # (plans,) step at which it is ended, or a far one
    plan_scale: Floats  # (plans,) 0 ends it
    plan_delay: Floats  # (plans,) days from decision to effect, or -1: as it comes
    plan_since: Ints  # (plans,) steps in force at the freeze, 0 if decided later
    plan_when: Ints  # (plans + 1,) first condition of each plan
    plan_aim: Ints  # (plan conditions,)
    plan_low: Floats  # (plan conditions,)
    plan_high: Floats  # (plan conditions,)
    moves: Ints  # (1,) declared moves


@bundle
class Council(NamedTuple):
    """What powers know, feel and have under way."""

    situation: Floats  # (Q, A) as it is
    believed: Floats  # (Q, A) as the power believes it to be
    short: Floats  # (2, A) how badly aims stand, as they are and as believed: working array of a decision
    error: Floats  # (Q, A) lasting error of its picture, SD units
    sight: Floats  # (Q,) how well it sees, 0-1
    salience: Floats  # (Q,) attention of the public, 0-1
    used: Floats  # (Q,) shock a week that the power and its public have got used to, 0-1
    news: Floats  # (Q,) what exceeded that in the last week, 0-1
    repeated: Floats  # (Q,) shocks that the public remembers, counted in full ones
    push: Floats  # (Q,) support moved by shocks, decaying, points of share
    misbelief: Floats  # (Q,) share of the public that holds a false belief
    weary: Floats  # (Q,)
    mourned: Floats  # (Q,) own losses that the public counts, persons
    hoped: Floats  # (Q,) believed success when the power began what it is seen to do, 0-1
    support: Floats  # (Q, K) support for a class of action
    alignment: Floats  # (Q, Q) how powers behave to each other: -1 hostile to 1 allied; symmetric
    threat: Floats  # (Q, Q) threat that the other means to a power, as it believes, 0-1
    pull: Floats  # (Q, Q) alignment that a pair is drawn to: working array of the alignment process
    tacit: Flags  # (Q, Q) 1 where two that are hostile by history look away or cooperate
    spent: Floats  # (Q,) cost a year of what it has under way
    watched: Floats  # (Q,) how far it has built up collection on what threatens it, 0-1
    seen: Floats  # (Q, F) how far a force stands in the open, as the power believes, 0-1
    resolve: Floats  # (Q,) how little it takes to make the power act: lasting luck, SD units
    weighed: Floats  # (5, cells) worth of options in four views, and as it is: working array of a decision
    chance: Floats  # (4, cells) chances of options in four views: working array of a decision
    within: Floats  # (Q,) what was at stake in its choices of the last weeks
    forgone: Floats  # (Q,) what of that it chose otherwise than informed and without politics
    unseen: Floats  # (Q,) what of that for ignorance
    distortion: Floats  # (Q,) share of what was at stake that it chose otherwise
    ignorance: Floats  # (Q,) part of that share that is ignorance
    stage: Ints  # (O,)
    scale: Floats  # (O,)
    hidden: Flags  # (O,) 1 where it is done deniably
    decided: Ints  # (O,) step
    effect: Ints  # (O,) step at which it takes effect, once known
    ends: Ints  # (O,) step
    strength: Floats  # (O,) share of its full effect reached, 0-1
    parts: Floats  # (O, parts) days of delay by part
    tries: Ints  # (O,) weeks that the host has been asked
    planned: Ints  # (plans,) OFFERED while it waits for its conditions, 1 carried out, 2 over, else 0
    delays: Floats  # (parts,) days, summed over all that was delivered
    delivered: Ints  # (1,) how many
    decisions: Ints  # (Q,) decisions to act, cumulative
    rounds: Ints  # (O,) how often the option has been decided on: names its draws
    blocked: Ints  # (O,) step before which it is not tried again
    shock: Floats  # (Q,) what shook the power in the last week, 0-1
    dead: Ints  # (Q,) civilians dead when the power last looked
    deadly: Floats  # (Q,) civilians killed in the last four weeks
    fallen: Ints  # (Q,) own fighters lost when it last looked
    killed: Ints  # (Q,) of them killed
    bleeding: Floats  # (Q,) own fighters lost in the last four weeks


@bundle
class Polity(NamedTuple):
    """The state of the country in crisis, and what it remembers of last month."""

    confidence: Floats  # (1,) 0-1
    inclusion: Floats  # (1,) 0-1
    inclusive: Floats  # (1,) inclusion in effect: with what moves share or take away
    exclusion: Floats  # (C,) exclusion of communities at the start
    coalition: Floats  # (1,) share of seats behind the government
    leader_since: Ints  # (1,) step
    leaders: Ints  # (1,) heads of government since the freeze who went
    # (1,) step until which a government is being formed, 0 where it is not; at the freeze minus the days for
    # which it has been under way
    forming: Ints
    term: Ints  # (1,) step of the next election where the scenario tells of the last one, else 0
    vacant: Ints  # (1,) 1 where the head of government has gone and the next is not in office
    included: Floats  # (1,) inclusion at the start; this and the next two are written in the first step
    trusted: Floats  # (1,) confidence at the start
    accepted: Floats  # (1,) acceptance of the rulers at the start
    shared: Floats  # (1,) inclusion as it has come to be relied on, follows it over months
    broken: Ints  # (1,) thresholds that are broken: sum of LOST_CONFIDENCE, _COALITION, _ARMY and _CENTRE
    ground: Floats  # (1,) share of the people of the country that the government held last month
    toll: Ints  # (1,) civilians and fighters dead by last month
    defeat: Floats  # (1,) military disaster of the last months, share of people lost, decaying
    conditional: Floats  # (1,) pressure of patrons for inclusion, 0-1
    unconditional: Floats  # (1,) support without conditions, 0-1: moral hazard
    autonomy: Floats  # (R,) 0-1
    granted: Floats  # (R,) autonomy without what moves press for
    had: Floats  # (R,) highest autonomy so far
    late: Flags  # (R,) 1 where autonomy came only after war had come
    status: Ints  # (R,) 0, CLAIMS, AUTONOMOUS, REFERENDUM or SECEDED
    vote: Ints  # (R,) step of a referendum that is announced, minus that step once it is held, or 0
    collapsed: Ints  # (1,) step at which central authority broke down, or 0


@bundle
class Pressure(NamedTuple):
    """What all that is in effect presses on, summed anew each week."""

    force: Floats  # (levers, F)
    community: Floats  # (levers, C)
    power: Floats  # (levers, Q)
    region: Floats  # (levers, R)
    polity: Floats  # (levers,)
    align: Floats  # (Q, Q)
    truce: Floats  # (F, F)
    terms: Floats  # (2,) support of the government on conditions and without, by weight of who gives it, 0-1
    present: Ints  # (F,) troops from outside the map now deployed
    doors: Floats  # (F, C) share let through without the strategic layer
    foreign: Floats  # (F,) inflow without it
    hostility: Floats  # (F, F) without it
    rule: Floats  # (F, C) without it
    organiser: Floats  # (P, C) who organises local defence without it
    pay: Floats  # (P, C) pay of local defenders without it


@bundle
class Chancellery(NamedTuple):
    """Everything of the strategic layer that changes in a future."""

    council: Council
    polity: Polity
    pressure: Pressure


@bundle
class Court(NamedTuple):
    """Everything of the strategic layer that a future takes as given."""

    powers: Powers
    options: Options
    p: Any  # parameters of the strategic processes: Rules of realise_chancellery.py
