import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import type { PostFilter } from "../../src/studio/contract.ts";
import { postsStore, usePosts } from "../stores/posts.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { downloadText } from "../ui/download-text.ts";
import { DrawerList, FilterChoices, ListNote, MoreRows, SearchField } from "../ui/drawer-list.tsx";
import { Menu } from "../ui/menu.tsx";
import { Select } from "../ui/select.tsx";
import { toast } from "../ui/toasts.tsx";
import { accountWords, filterIds } from "../words/post-words.ts";
import { t } from "../words/words.ts";
import { PostRow } from "./post-row.tsx";
import styles from "./posts-drawer.module.css";

/** Every attempt to publish, newest first: what went where, when, and how it ended. */
export function PostsDrawer() {
  const filter = usePosts((state) => state.filter);
  useEffect(() => postsStore.getState().open(), []);
  return (
    <DrawerList filter={<Filter filter={filter} />}>
      <List filter={filter} />
    </DrawerList>
  );
}

/** How long after the last key a search is asked for, in milliseconds. */
const SEARCH_DELAY_MS = 200;

function Filter({ filter }: { readonly filter: PostFilter }) {
  const { setFilter } = postsStore.getState();
  const accounts = usePosts((state) => state.accounts);
  const [search, setSearch] = useState(filter.search ?? "");
  useEffect(() => {
    const wanted = search.trim() === "" ? undefined : search.trim();
    if (wanted === postsStore.getState().filter.search) return;
    const timer = setTimeout(() => setFilter({ search: wanted }), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [search, setFilter]);
  const platforms = [...new Set(accounts.map(({ platform }) => platform))];
  return (
    <>
      <SearchField
        label={t("posts.search")}
        placeholder={t("posts.searchHint")}
        value={search}
        onChange={setSearch}
      />
      <FilterChoices>
        <Select
          label={t("posts.state")}
          size="small"
          value={filter.standing ?? "any"}
          onChange={(value) => setFilter({ standing: value === "any" ? undefined : value })}
          options={[
            { value: "any", label: t("posts.anyState") },
            ...(["open", "posted", "accepted", "settled", "not-posted"] as const).map((value) => ({
              value,
              label: t(filterIds[value]),
            })),
          ]}
        />
        <Select
          label={t("posts.account")}
          size="small"
          value={filter.accountId ?? (filter.platform ? `:${filter.platform}` : "any")}
          onChange={(value) =>
            setFilter({
              accountId: value === "any" || value.startsWith(":") ? undefined : value,
              platform: value.startsWith(":") ? value.slice(1) : undefined,
            })
          }
          options={[
            { value: "any", label: t("posts.anyAccount") },
            ...platforms.map((platform) => ({
              value: `:${platform}`,
              label: t("posts.allOf", { platform: platformTitle(platform) }),
            })),
            ...accounts.map((account) => ({
              value: account.accountId,
              label: accountWords(account),
              detail: platformTitle(account.platform),
            })),
          ]}
        />
      </FilterChoices>
    </>
  );
}

function List({ filter }: { readonly filter: PostFilter }) {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const posts = usePosts((state) => state.posts);
  const total = usePosts((state) => state.total);
  const phase = usePosts((state) => state.phase);
  const cursor = usePosts((state) => state.cursor);
  const failure = usePosts((state) => state.failure);
  if (failure) {
    const { message, remedy } = wordsOf(failure);
    return (
      <ListNote role="alert" text={t("posts.notRead", { message, remedy })}>
        <Button size="small" onClick={() => postsStore.getState().refresh()}>
          {t("posts.tryAgain")}
        </Button>
      </ListNote>
    );
  }
  if (posts.length === 0) {
    if (phase !== "ready") return <ListNote role="status" text={t("posts.loading")} />;
    if (!isFiltered) return <ListNote role="status" text={t("posts.none")} />;
    const isNarrowed = filter.standing || filter.accountId || filter.platform;
    return (
      <ListNote role="status" text={t("posts.noneFits")}>
        {isNarrowed && (
          <Button
            size="small"
            onClick={() =>
              postsStore
                .getState()
                .setFilter({ standing: undefined, accountId: undefined, platform: undefined })
            }
          >
            {t("posts.showAll")}
          </Button>
        )}
      </ListNote>
    );
  }
  return (
    <>
      <div className={styles["summary"]}>
        <span role="status">{t("posts.count", { posts: total })}</span>
        <Menu
          align="end"
          trigger={
            <Button size="small" look="quiet">
              <Download size={13} />
              {t("posts.export")}
            </Button>
          }
          entries={[
            { kind: "item", label: t("posts.asCsv"), onSelect: () => void exportPosts("csv") },
            { kind: "item", label: t("posts.asJson"), onSelect: () => void exportPosts("json") },
          ]}
        />
      </div>
      <ul className={styles["list"]} aria-label={t("posts.list")}>
        {posts.map((post) => (
          <PostRow key={`${post.runId} ${post.stepId} ${post.attempt}`} post={post} />
        ))}
      </ul>
      {cursor !== undefined && (
        <MoreRows
          key={cursor}
          label={t("posts.older")}
          onMore={() => void postsStore.getState().loadMore()}
        />
      )}
    </>
  );
}

async function exportPosts(format: "csv" | "json"): Promise<void> {
  const answer = await called(studio.client.ledger.exportText({ ...postsStore.getState().filter, format }));
  if (!answer.ok) {
    const { message, remedy } = wordsOf(answer.failure);
    return toast({ title: t("posts.notExported", { message }), description: remedy, look: "danger" });
  }
  const { text, fileName } = answer.value;
  downloadText(text, fileName, format === "csv" ? "text/csv" : "application/json");
  toast({ title: t("posts.exported", { file: fileName }) });
}
