"""Who is killed, and when."""

import random

from programs import Failure

# Of the kills so many go to the cluster, in thousandths; the others to the station.
CLUSTER_PERMILLE = 200
# Of the station's kills so many are aimed at an accepted item, and so many at the start.
AIMED_PERMILLE = 600
START_PERMILLE = 120
# So many of the cluster's kills are followed by another one at its start, which would otherwise hardly be hit.
CLUSTER_AGAIN_PERMILLE = 250
# From an acceptance to its outcome it takes about 1.7 s at the world's speed; a slower machine takes longer.
PASSAGE_SECONDS = 1.6
# Long enough for a few items to go their whole way undisturbed.
RANDOM_SECONDS = 12
AIM_LIMIT_SECONDS = 180
# A report is answered within milliseconds.
REPORT_SECONDS = 0.02
FIRST_START_SECONDS = 1.0

BEFORE_READY = "before ready"
IDLE = "no new item yet"
MEASURING = "an item in it, not accepted"
ACCEPTED = "between acceptance and outcome"
AFTER = "after an outcome"
REPORT = "a report under way"
WAITING = "no report under way"
STATION_PHASES = [BEFORE_READY, IDLE, MEASURING, ACCEPTED, AFTER]
CLUSTER_PHASES = [BEFORE_READY, WAITING, REPORT]


class Killer:
    def __init__(self, run, seed):
        self.run, self.chance = run, random.Random(seed)
        # Acceptances that had no outcome when their daemon was dead.
        self.interrupted = set()
        self.at_cluster = []
        self.cluster_is_next = False

    def kill_one(self):
        if self.cluster_is_next:
            self.cluster_is_next = False
            self.pause_in_start(self.run.clusterd)
            self.strike_cluster()
        elif self.chance.randrange(1000) < CLUSTER_PERMILLE:
            self.kill_cluster()
        else:
            self.kill_station()

    def kill_station(self):
        run = self.run
        draw = self.chance.randrange(1000)
        if draw < AIMED_PERMILLE:
            self.await_acceptance()
        elif draw < AIMED_PERMILLE + START_PERMILLE:
            self.pause_in_start(run.stationd)
        else:
            self.run.pause(self.chance.uniform(0, RANDOM_SECONDS))
        run.stationd.kill()
        snapshot = run.snapshot()
        run.stationd.start()
        # What the world wrote before the kill is there to be read now.
        run.world.look()
        fresh = snapshot.open_acceptances - self.interrupted
        self.interrupted |= fresh
        life = run.stationd.lives[-2]
        life.phase = self.phase(life, bool(fresh), snapshot.last_outcome)

    def pause_in_start(self, program):
        """As long as a start may take; if the program was started just now, the kill comes before it is ready."""
        self.run.pause(self.chance.uniform(0, max(program.start_seconds[-5:] or [FIRST_START_SECONDS])))

    def await_acceptance(self):
        run = self.run
        run.wait(lambda: run.stationd.is_ready, AIM_LIMIT_SECONDS)
        seen = run.acceptances
        if not run.wait(lambda: run.acceptances > seen, AIM_LIMIT_SECONDS):
            raise Failure(f"The station accepted nothing for {AIM_LIMIT_SECONDS} s although people bring items.")
        run.pause(self.chance.uniform(0, PASSAGE_SECONDS))

    def phase(self, life, was_accepted, last_outcome):
        if was_accepted:
            return ACCEPTED
        if life.ready is None:
            return BEFORE_READY
        last_sent = self.run.world.last_sent
        if last_sent > max(life.ready, last_outcome):
            return MEASURING
        return AFTER if last_outcome > life.spawned else IDLE

    def kill_cluster(self):
        run = self.run
        if self.chance.randrange(2):
            seen = len(run.network.forwarded)
            # With the station down or waiting, there may be none for a while: then it is any moment.
            run.wait(lambda: len(run.network.forwarded) > seen, RANDOM_SECONDS)
            run.pause(self.chance.uniform(0, REPORT_SECONDS))
        else:
            run.pause(self.chance.uniform(0, RANDOM_SECONDS))
        self.strike_cluster()
        self.cluster_is_next = self.chance.randrange(1000) < CLUSTER_AGAIN_PERMILLE

    def strike_cluster(self):
        self.run.clusterd.kill()
        self.run.clusterd.start()
        self.at_cluster.append(self.run.clusterd.lives[-2])

    def sort_cluster_kills(self):
        """Afterwards, when the proxy has written what became of each request."""
        for life in self.at_cluster:
            if life.ready is None:
                life.phase = BEFORE_READY
            else:
                life.phase = REPORT if self.run.network.is_under_way(life.killed) else WAITING
