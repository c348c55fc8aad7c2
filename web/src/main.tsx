import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.js";
import { LanguageProvider } from "./words/language.js";
import "./styles/base.css";
import "./styles/messenger.css";
import "./styles/messages.css";
import "./styles/attachments.css";
import "./styles/dialogs.css";
import "./styles/demo.css";
import "./styles/devices.css";
import "./styles/chat.css";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no root");
}
createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      <App />
    </LanguageProvider>
  </StrictMode>,
);
