/** Shows what was pushed while no page of this app was open or looked at, and takes it away when it was read elsewhere. */

const words = navigator.language.startsWith("vi")
  ? { messages: (count) => `${count} tin nhắn chưa đọc` }
  : { messages: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`) };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const pushed = event.data?.json() ?? {};
  if (pushed.type === "message") {
    event.waitUntil(Promise.all([show(pushed), badge(pushed)]));
  } else if (pushed.type === "taken_back") {
    event.waitUntil(Promise.all([takeBack(pushed.conversationId), badge(pushed)]));
  }
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(`#/chat/${encodeURIComponent(event.notification.tag)}`));
});

/** One notification for each conversation: a newer one takes its place. */
function show({ conversationId, title, senderId, senderName, count, content }) {
  const name = senderName || senderId;
  return self.registration.showNotification(title ? `${title} · ${name}` : name, {
    tag: conversationId,
    renotify: true,
    body: content ?? words.messages(Number(count)),
    icon: "icon.svg",
  });
}

async function takeBack(conversationId) {
  for (const notification of await self.registration.getNotifications({ tag: conversationId })) {
    notification.close();
  }
}

async function badge({ badge }) {
  const count = Number(badge);
  await (count > 0 ? self.navigator.setAppBadge?.(count) : self.navigator.clearAppBadge?.());
}

async function open(hash) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).hash.startsWith("#/chat"));
  const address = new URL(hash, self.registration.scope).href;
  if (page === undefined) {
    await self.clients.openWindow(address);
  } else {
    await page.navigate(address);
    await page.focus();
  }
}
