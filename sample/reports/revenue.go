// Package reports sums what was earned.
package reports

import (
	"sort"
	"time"
)

// Payment is money that came in for an invoice.
type Payment struct {
	Invoice string
	Cents   int64
	PaidAt  time.Time
}

// Month is a year and month with its revenue in cents.
type Month struct {
	Name  string
	Cents int64
}

// RevenueByMonth groups payments by the month they came in, oldest first.
func RevenueByMonth(payments []Payment) []Month {
	sums := map[string]int64{}
	for _, payment := range payments {
		sums[payment.PaidAt.Format("2006-01")] += payment.Cents
	}
	months := make([]Month, 0, len(sums))
	for name, cents := range sums {
		months = append(months, Month{name, cents})
	}
	sort.Slice(months, func(i, j int) bool { return months[i].Name < months[j].Name })
	return months
}
