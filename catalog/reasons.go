package catalog

import "fmt"

// rowError is a fault whose reason is a text of the table below, and what it is about.
func rowError(line int, column, value, reason string, about ...any) RowError {
	e := RowError{Line: line, Column: column, Value: value, Reason: fmt.Sprintf(reason, about...)}
	if translated, found := chinese[reason]; found {
		e.chinese = fmt.Sprintf(translated, about...)
	}
	return e
}

// WholeFile is what is wrong with a file as a whole.
func WholeFile(reason string, about ...any) RowErrors {
	return RowErrors{rowError(1, "file", "", reason, about...)}
}

// In are the faults with their reasons in a language: "zh", else English.
func (es RowErrors) In(lang string) RowErrors {
	if lang != "zh" {
		return es
	}
	list := make(RowErrors, len(es))
	for i, e := range es {
		if list[i] = e; e.chinese != "" {
			list[i].Reason = e.chinese
		}
	}
	return list
}

// chinese are the reasons in Chinese.
var chinese = map[string]string{
	"is over %d MiB": "超过 %d MiB",
	"is empty: the first line must name the columns, such as number,name,price": "是空的：第一行须写列名，例如 number,name,price",
	"has no items under its header":                                             "表头下没有商品",
	"cannot be decoded: save it as CSV in UTF-8":                                "无法解码：请另存为 UTF-8 编码的 CSV",
	"is not UTF-8 text: save the file as CSV in UTF-8":                          "不是 UTF-8 文本：请另存为 UTF-8 编码的 CSV",
	"is not CSV here: %v":                                                       "此处不是 CSV：%v",
	"has over %d items":                                                         "商品超过 %d 种",
	"has over %d columns":                                                       "超过 %d 列",
	"is no column of a catalogue; those are %s":                                 "不是商品目录的列；可用的列有 %s",
	"is there twice":                                                            "出现了两次",
	"this column is missing":                                                    "缺少这一列",
	"has %d fields where the header has %d":                                     "有 %d 个字段，而表头有 %d 个",
	"is an error of the spreadsheet's, where a value belongs":                   "是电子表格的错误值，应为有效内容",
	"is already the number on line %d":                                          "与第 %d 行的编号重复",
	"is already the number on line %d of sheet %s":                              "与第 %d 行（工作表 %s）的编号重复",
	"is already the bar code on line %d":                                        "与第 %d 行的条码重复",
	"is already the bar code on line %d of sheet %s":                            "与第 %d 行（工作表 %s）的条码重复",
	"is empty": "是空的",
	"must be digits only, since shoppers say it":                   "只能是数字，因为顾客要说出来",
	"is longer than 14 digits":                                     "超过 14 位",
	"is longer than %d characters":                                 "超过 %d 个字符",
	"has neither a letter nor a digit":                             "既没有字母也没有数字",
	"has a control character in it":                                "含有控制字符",
	"is not an amount in %s, such as 2.49":                         "不是 %s 金额，应如 2.49",
	"is negative":                                                  "是负数",
	"is more than a till takes":                                    "超过收银台的上限",
	"must be each, kg or l":                                        "须为 each、kg 或 l",
	"must be a percentage from 0 to 100 with at most two decimals": "须为 0 到 100 的百分数，最多两位小数",
	"must have 8, 12, 13 or 14 digits":                             "须为 8、12、13 或 14 位数字",
	"has a wrong check digit (the last one)":                       "校验码（最后一位）不对",
	"must be a number of units from 0 up":                          "须为不小于 0 的数量",
	"must be whole where the unit is each":                         "单位为 each 时须为整数",
	"must be whole years from 0 to 99":                             "须为 0 到 99 的整岁数",
	"must look like group=value|value+surcharge":                   "须写成 组=值|值+加价",
	"names its group twice":                                        "组名重复",
	"has a value without a name":                                   "有一个值没有名称",
	"is there twice in group %s":                                   "在组 %s 中出现了两次",
	"cannot be changed":                                            "不能更改",
	"is an Excel file of the old kind (.xls), or has a password: save it as .xlsx without one": "是旧版 Excel 文件（.xls）或有密码：请另存为无密码的 .xlsx",
	"is a workbook that is damaged: save it anew":                                              "是损坏的工作簿：请重新保存",
	"is an OpenDocument sheet: save it as .xlsx or as CSV":                                     "是 OpenDocument 表格：请另存为 .xlsx 或 CSV",
	"is a workbook that unpacks to over %d MiB":                                                "工作簿解压后超过 %d MiB",
	tooManyCells: "工作簿超过 %d 个单元格：请删去收银台不需要的列和行",
	"is no workbook of Excel: save it as .xlsx or as CSV":                                                     "不是 Excel 工作簿：请另存为 .xlsx 或 CSV",
	"cannot be read in sheet %s: save it anew":                                                                "工作表 %s 无法读取：请重新保存",
	"has no catalogue in it: the first row of sheet %s must name the columns, such as number, name and price": "里面没有商品目录：工作表 %s 的第一行须写列名，例如 number、name、price",
	"is a ZIP file that cannot be opened":                                                                     "是无法打开的 ZIP 文件",
	"must have one CSV or XLSX file in it, the catalogue":                                                     "里面须有一个 CSV 或 XLSX 文件，即商品目录",
	"is a ZIP file that is damaged":                                                                           "是损坏的 ZIP 文件",
	"has a name in it that is none":                                                                           "里面有无效的文件名",
}
