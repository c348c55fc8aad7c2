/// The vocabulary as types: ids, messages, receipts, the entries of a user's log and positions in
/// it. Values only, free of any library; everybody may use them, on any thread.
@org.jspecify.annotations.NullMarked
package dev.bocau.model;
