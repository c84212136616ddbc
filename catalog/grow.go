package catalog

import (
	"fmt"
	"math/rand/v2"
)

// The words that generated names are made of: kinds of goods by what they are
// like, so that the names read like those of a real shop.
var (
	growBrands = []string{"golden", "happy", "river", "sunny", "mountain", "silver", "garden", "country", "ocean", "royal",
		"village", "classic", "fresh", "green valley", "blue", "family", "market", "harvest", "north", "summer"}
	growKinds = []string{"organic", "smoked", "sliced", "dried", "roasted", "frozen", "spicy", "sweet", "sugar free", "crunchy",
		"creamy", "large", "mini", "double", "honey", "garlic", "vanilla", "strawberry", "raspberry", "cherry", "mango",
		"lemon", "ginger", "pepper", "onion", "mint", "caramel", "coconut", "almond", "hazelnut"}
	growGoods = []string{"yogurt", "cheese", "ham", "salami", "crackers", "cookies", "cereal", "granola", "jam", "sauce", "soup",
		"noodles", "beans", "lentils", "tuna", "salmon", "chicken", "sausages", "pizza", "ice cream", "tea", "soda", "syrup",
		"vinegar", "mustard", "ketchup", "soap", "detergent", "tissues", "candles", "chips", "popcorn", "pudding", "bread", "rolls",
		"cake", "pie", "candy", "gum", "nuts", "raisins", "dates", "olives", "pickles", "corn", "peas", "spinach", "berries"}
)

// Grow returns the items with generated ones added until there are n, the same
// for the same seed: numbers that are free, names that are unlike each other by
// at least a word. It adds none if there are n already.
func Grow(items []Item, n int, seed uint64) []Item {
	rng := rand.New(rand.NewPCG(seed, 7))
	grown := append([]Item(nil), items...)
	numbers, names := map[string]bool{}, map[string]bool{}
	for _, it := range items {
		numbers[it.Number], names[it.Name] = true, true
	}
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	digits := 4
	for n > 6*pow(10, digits)/10 {
		digits++
	}
	for len(grown) < n {
		name := pick(growKinds) + " " + pick(growGoods)
		if n > 600 || rng.IntN(3) == 0 {
			name = pick(growBrands) + " " + name
		}
		if n > growSimple {
			name = pick(growKinds) + " " + name
		}
		number := fmt.Sprint(pow(10, digits-1) + rng.IntN(9*pow(10, digits-1)))
		if numbers[number] || names[name] {
			continue
		}
		numbers[number], names[name] = true, true
		base := Item{Number: number, Name: name, Unit: Each, TaxBP: 700, Category: "generated"}
		if len(items) > 0 {
			base.Price = items[0].Price
		}
		base.Price.Minor = int64(49 + rng.IntN(1500))
		grown = append(grown, base)
	}
	return grown
}

// growSimple is up to how many items names of a brand, a kind and a thing are
// enough: there are 28,800 of them.
const growSimple = 20_000

func pow(base, exponent int) int {
	p := 1
	for range exponent {
		p *= base
	}
	return p
}
