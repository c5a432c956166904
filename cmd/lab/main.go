// Command lab is the workbook's one command.
package main

func main() {}
