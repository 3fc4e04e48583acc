import { Popover } from "@base-ui/react/popover";
import { Command } from "cmdk";
import { Check, ChevronDown } from "lucide-react";
import { useState } from "react";
import { useCatalogue } from "../../stores/server.ts";
import { rank } from "../../ui/rank.ts";
import { timeLeft } from "../../words/words.ts";
import type { ControlProps } from "./control.ts";
import styles from "./model-control.module.css";

/** Models with what they are good at, searched as you type. */
export function ModelControl({ field, value, onChange, disabled, invalid }: ControlProps<"model">) {
  const [open, setOpen] = useState(false);
  const { models } = useCatalogue();
  const chosen = field.choices.find((choice) => choice.value === value);
  const [search, setSearch] = useState("");
  const choices = field.choices.map((choice) => {
    const model = models.find(({ key }) => key === choice.value);
    const about = model ? { about: model.description } : {};
    return {
      ...{ id: String(choice.value), name: choice.label, also: [String(choice.value)] },
      ...about,
      choice,
      model,
    };
  });
  const { found } = rank(choices, search);
  const shown = chosen?.label ?? (value ? String(value) : "Choose a model");
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setSearch("");
      }}
    >
      <Popover.Trigger
        className={styles["trigger"]}
        aria-label={`${field.label}: ${shown}`}
        aria-invalid={invalid}
        disabled={disabled}
      >
        <span data-placeholder={value ? undefined : ""}>{shown}</span>
        <ChevronDown size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner
          className={styles["positioner"]}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          <Popover.Popup className={styles["popup"]}>
            <Command
              label="Models"
              loop
              shouldFilter={false}
              vimBindings={false}
              defaultValue={String(value ?? "")}
            >
              <Command.Input
                className={styles["input"]}
                placeholder="Find a model"
                value={search}
                onValueChange={setSearch}
                autoFocus
              />
              <Command.List className={styles["list"]}>
                {found.length === 0 && <p className={styles["empty"]}>No model is called that.</p>}
                {found.map(({ id, choice, model }) => {
                  return (
                    <Command.Item
                      key={id}
                      value={id}
                      className={styles["item"]}
                      onSelect={() => {
                        onChange(choice.value);
                        setOpen(false);
                      }}
                    >
                      <span className={styles["check"]}>{choice.value === value && <Check size={14} />}</span>
                      <span className={styles["text"]}>
                        <span className={styles["name"]}>
                          {choice.label}
                          {model?.typicalMs !== undefined && (
                            <span className={styles["time"]}>
                              {timeLeft(model.typicalMs).replace(" left", "")}
                            </span>
                          )}
                        </span>
                        {model && <span className={styles["description"]}>{model.description}</span>}
                      </span>
                    </Command.Item>
                  );
                })}
              </Command.List>
            </Command>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
