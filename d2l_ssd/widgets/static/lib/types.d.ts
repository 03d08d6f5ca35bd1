/** What anywidget gives us of a widget's model: its traits and their changes. */
export interface Model<Traits extends object> {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  set<Name extends keyof Traits>(name: Name, value: Traits[Name]): void;
  on(events: string, handler: () => void): void;
  off(events: string, handler: () => void): void;
  save_changes(): void;
}

/** What anywidget calls `initialize` and `render` with. */
export interface InitializeProps<Traits extends object> {
  model: Model<Traits>;
}
export interface RenderProps<Traits extends object> {
  model: Model<Traits>;
  el: HTMLElement;
}
