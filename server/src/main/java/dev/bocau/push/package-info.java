/// Wakes devices that do not listen. **A push provider is one more reader of each user's log**: for
/// each device with a push token there is, beside the cursor that it has acknowledged, a *push
/// mark* up to which pushing is done with. What lies past both, is old enough, and that its user
/// has neither read nor muted, is due.
///
/// Nothing else is kept: {@link dev.bocau.push.Pushes} hears that logs have grown, which is a hint
/// of when to look, and looks at every device now and then without having heard anything. What is
/// due ({@link dev.bocau.push.DueReader}) is found at the moment when a provider has room for it
/// ({@link dev.bocau.push.Outlet}), so a provider that was away gets one push per conversation
/// afterwards, and what was read meanwhile is not pushed at all.
///
/// Hears hints on the threads of the bus and never holds them up; the rest runs on virtual threads.
/// Providers live in the packages below and are known to `Main` only.
@org.jspecify.annotations.NullMarked
package dev.bocau.push;
