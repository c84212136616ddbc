package server

import (
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
)

// chineseNames are what items are called in Chinese, by number. They are for
// screens alone: bills and receipts keep the name that they were made with.
type chineseNames map[string]string

// add looks an item up, unless it is another one by now than it was named after.
func (n chineseNames) add(x *catalog.Index, number, name string) {
	it, err := x.ByNumber(number)
	if err != nil || it.Name != name {
		return
	}
	if zh := it.Chinese(); zh != "" && zh != name {
		n[number] = zh
	}
}

func namesOfCart(x *catalog.Index, lines []checkout.LineView) chineseNames {
	n := chineseNames{}
	for _, l := range lines {
		n.add(x, l.Item, l.Name)
	}
	return n
}

func namesOfLines(x *catalog.Index, lines []payments.LineView) chineseNames {
	n := chineseNames{}
	for _, l := range lines {
		n.add(x, l.Item, l.Name)
	}
	return n
}

func namesOfCommands(x *catalog.Index, commands []checkout.Command) chineseNames {
	n := chineseNames{}
	for _, c := range commands {
		n.add(x, c.Item, c.Name)
	}
	return n
}
