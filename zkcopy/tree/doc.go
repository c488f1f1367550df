// Package tree reads trees of znodes, in two ways: a Walker reads one or two
// trees side by side in any order, parents first, and an Ordered reads one in
// the order of a backup file, so that streams of znodes can be merged. Both read
// with many requests under way and in bounded memory. What is done with the
// znodes, and what they mean to a Pegasus cluster, may not be known here.
package tree
