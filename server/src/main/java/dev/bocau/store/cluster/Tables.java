package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import java.time.Duration;

/// What is kept in Cassandra, table by table.
record Tables(
        ConversationTable conversations,
        Rosters rosters,
        MembershipTable memberships,
        MessageReader messages,
        MarkTable marks,
        DeviceTable devices,
        PushTable pushes) {
    /// Members of rosters that are kept in memory, all together.
    private static final int ROSTER_MEMBERS = 1_000_000;

    static Tables of(
            Cassandra cassandra,
            DeviceSessions sessions,
            Installation installation,
            ClusterContext context) {
        Rosters rosters = new Rosters(cassandra, ROSTER_MEMBERS);
        return new Tables(
                new ConversationTable(
                        cassandra, installation, rosters, localIdSeconds(context.limits())),
                rosters,
                new MembershipTable(cassandra, installation),
                new MessageReader(cassandra, installation),
                new MarkTable(cassandra, installation, context.readTime(), context.random()),
                new DeviceTable(cassandra, sessions, installation, context),
                new PushTable(cassandra, installation));
    }

    /// For how long a localId is remembered: some days more than what clients are told.
    static int localIdSeconds(Limits limits) {
        return (int) Duration.ofDays(limits.localIdDays() + 2L).toSeconds();
    }
}
