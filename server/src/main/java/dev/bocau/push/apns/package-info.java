/// Apple Push Notification service, by pushy.
@org.jspecify.annotations.NullMarked
package dev.bocau.push.apns;
