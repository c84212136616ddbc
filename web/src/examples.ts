import { computed } from "@preact/signals";
import { registration } from "./api";
import { lang } from "./i18n";

// What people are told to say, for example: things that this shop sells.

const usual = { item: "oat milk", item_zh: "燕麦奶", number: "1203", other: "sourdough bread", weighed: "tomatoes", weighed_zh: "番茄" };

/** To fill in texts: item, number of item, another item and one by weight, in the page's language; what is spoken in that of their names. What is weighed is "" where nothing is. */
export const examples = computed(() => {
  const sold = registration.value?.examples ?? [];
  const [item, other = item] = sold.filter((e) => e.unit === "each");
  const weighed = sold.find((e) => e.unit === "kg");
  const isZH = lang.value === "zh";
  if (!item) return { item: isZH ? usual.item_zh : usual.item, number: usual.number, weighed: isZH ? usual.weighed_zh : usual.weighed, spoken: usual.item, spokenOther: usual.other, spokenWeighed: usual.weighed };
  return {
    item: (isZH && item.name_zh) || item.name,
    number: item.number,
    weighed: (isZH && weighed?.name_zh) || (weighed?.name ?? ""),
    spoken: item.name,
    spokenOther: other!.name,
    spokenWeighed: weighed?.name ?? "",
  };
});
