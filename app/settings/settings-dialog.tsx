import { FlaskConical, Globe, Radio } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Connection, ServerChoice } from "../../src/studio/contract.ts";
import type { Language } from "../../src/words/language.ts";
import { languageChoices, setLanguage, useLanguageChoice } from "../stores/language.ts";
import { serverStore, useServer } from "../stores/server.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { setTheme, useTheme } from "../stores/theme.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { t, told } from "../words/words.ts";
import { Part } from "./part.tsx";
import styles from "./settings-dialog.module.css";
import { StoragePart } from "./storage-part.tsx";
import { UnaskedList } from "./unasked-list.tsx";

export function SettingsDialog() {
  const open = useShell((state) => state.overlay === "settings");
  const connection = useServer((state) => state.connection);
  return (
    <Dialog open={open} onClose={closeOverlay} title={t("settings.title")} wide>
      {open && (
        <div className={styles["settings"]}>
          {connection && <Server connection={connection} />}
          {connection && <Key connection={connection} />}
          <Part title={t("settings.unaskedPart")}>
            <UnaskedList />
          </Part>
          <Appearance />
          <LanguagePart />
          <StoragePart />
        </div>
      )}
    </Dialog>
  );
}

/** Shows what the studio answered, and says what went wrong; gives whether it worked. */
async function settle(what: string, call: Promise<Connection>): Promise<boolean> {
  const answer: Called<Connection> = await called(call);
  if (answer.ok) {
    serverStore.setState({ connection: answer.value });
    return true;
  }
  const { message, remedy } = wordsOf(answer.failure);
  toast({ title: `${what}: ${message}`, description: remedy, look: "danger" });
  return false;
}

const servers = [
  {
    kind: "sandbox",
    title: "settings.sandbox",
    Icon: FlaskConical,
    text: "settings.sandboxText",
  },
  {
    kind: "live",
    title: "settings.live",
    Icon: Radio,
    text: "settings.liveText",
  },
  {
    kind: "custom",
    title: "settings.custom",
    Icon: Globe,
    text: "settings.customText",
  },
] as const;

function Server({ connection }: { readonly connection: Connection }) {
  const current = connection.server;
  const [draft, setDraft] = useState<ServerChoice["kind"]>(current.kind);
  const [url, setUrl] = useState(current.kind === "custom" ? current.url : "");
  const [busy, setBusy] = useState(false);
  const choose = async (server: ServerChoice) => {
    setBusy(true);
    const worked = await settle(t("settings.serverNotChanged"), studio.client.connection.choose({ server }));
    setBusy(false);
    if (!worked) return setDraft(current.kind);
    if (server.kind !== "sandbox")
      toast({
        title: t("settings.serverIsReal"),
        description: t("settings.eachRunAsks"),
        look: "danger",
      });
  };
  return (
    <Part title={t("settings.server")}>
      <div className={styles["servers"]} role="radiogroup" aria-label={t("settings.server")}>
        {servers.map(({ kind, title, Icon, text }) => (
          // biome-ignore lint/a11y/useSemanticElements: a card with a picture and a sentence, which a native radio cannot be
          <button
            key={kind}
            type="button"
            role="radio"
            aria-checked={draft === kind}
            className={styles["server"]}
            disabled={busy}
            onClick={() => {
              setDraft(kind);
              if (kind === "sandbox" && current.kind !== "sandbox") void choose({ kind });
            }}
          >
            <Icon size={16} />
            <span className={styles["name"]}>
              {t(title)}
              {current.kind === kind && <span className={styles["now"]}>{t("settings.inUse")}</span>}
            </span>
            <span className={styles["text"]}>{t(text)}</span>
          </button>
        ))}
      </div>
      {draft === "live" && current.kind !== "live" && (
        <Loud>
          <p>{t("settings.liveWarning")}</p>
          <Button look="danger" disabled={busy} onClick={() => void choose({ kind: "live" })}>
            {t("settings.switchToLive")}
          </Button>
        </Loud>
      )}
      {draft === "custom" && (
        <Loud>
          <form
            className={styles["inline"]}
            onSubmit={(event) => {
              event.preventDefault();
              void choose({ kind: "custom", url: url.trim() });
            }}
          >
            <TextField
              aria-label={t("settings.addressOfServer")}
              placeholder="https://…"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
            <Button type="submit" look="danger" disabled={busy || !URL.canParse(url.trim())}>
              {t("settings.useThisServer")}
            </Button>
          </form>
        </Loud>
      )}
      <dl className={styles["facts"]}>
        <dt>{t("settings.address")}</dt>
        <dd translate="no" data-selectable>
          {connection.origin}
        </dd>
        <dt>{t("settings.state")}</dt>
        <dd>{t(`settings.${connection.state}`)}</dd>
        {connection.account && (
          <>
            <dt>{t("settings.account")}</dt>
            <dd translate="no" data-selectable>
              {connection.account.email ?? connection.account.accountId}
              {connection.account.plan ? ` · ${connection.account.plan}` : ""}
            </dd>
          </>
        )}
        {connection.balance !== undefined && (
          <>
            <dt>{t(connection.isSandbox ? "settings.playMoney" : "settings.balance")}</dt>
            <dd>{connection.balance}</dd>
          </>
        )}
      </dl>
      {connection.problem && (
        <p className={styles["problem"]} role="alert">
          {told(connection.problem)}
        </p>
      )}
      <div>
        <Button
          size="small"
          onClick={() => void settle(t("settings.serverNotReached"), studio.client.connection.refresh())}
        >
          {t("settings.lookAgain")}
        </Button>
      </div>
    </Part>
  );
}

const sourceWords = {
  environment: "settings.keyFromEnvironment",
  stored: "settings.keyStored",
  sandbox: "settings.keyOfSandbox",
} as const;

/** A key goes in and can be cleared; there is no way to read it back. */
function Key({ connection }: { readonly connection: Connection }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  if (connection.isSandbox)
    return (
      <Part title={t("settings.key")}>
        <p className={styles["text"]}>{t("settings.keyNotNeeded")}</p>
      </Part>
    );
  const act = async (what: string, call: Promise<Connection>) => {
    setBusy(true);
    // Whatever the answer is, the window forgets it.
    setKey("");
    await settle(what, call);
    setBusy(false);
  };
  return (
    <Part title={t("settings.key")}>
      {connection.key && (
        <p className={styles["key"]}>
          <span>
            {t("settings.keyEnds")} <code>{connection.key.lastFour}</code>,{" "}
            {t(sourceWords[connection.key.source])}
          </span>
          {connection.key.source === "stored" && (
            <Button
              size="small"
              disabled={busy}
              onClick={() => void act(t("settings.keyNotCleared"), studio.client.connection.clearKey())}
            >
              {t("settings.clearKey")}
            </Button>
          )}
        </p>
      )}
      <form
        className={styles["inline"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== "")
            void act(t("settings.keyNotStored"), studio.client.connection.setKey({ key: key.trim() }));
        }}
      >
        <TextField
          type="password"
          aria-label={t("settings.apiKey")}
          placeholder={t(connection.key ? "settings.replaceKey" : "settings.pasteKey")}
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button type="submit" disabled={busy || key.trim() === ""}>
          {t("settings.storeKey")}
        </Button>
      </form>
      <p className={styles["text"]}>
        {connection.keyStorage} {t("settings.keyGoesTo", { origin: connection.origin })}
      </p>
    </Part>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <Part title={t("settings.appearance")}>
      <div className={styles["theme"]}>
        <Segmented
          label={t("settings.theme")}
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", label: t("settings.asSystem") },
            { value: "light", label: t("settings.light") },
            { value: "dark", label: t("settings.dark") },
          ]}
        />
      </div>
    </Part>
  );
}

function LanguagePart() {
  const language = useLanguageChoice();
  return (
    <Part title={t("settings.language")}>
      <div className={styles["theme"]}>
        <Segmented
          label={t("settings.language")}
          value={language}
          onChange={setLanguage}
          options={languageChoices.map((value) => ({
            value,
            label: value === "system" ? t("settings.asSystem") : ownNames[value],
          }))}
        />
      </div>
    </Part>
  );
}

/** A language is found by its own name, whatever is spoken now. */
const ownNames: { readonly [L in Language]: string } = { en: "English", de: "Deutsch" };

function Loud({ children }: { readonly children: ReactNode }) {
  return <div className={styles["loud"]}>{children}</div>;
}
